// SPDX-License-Identifier: Apache-2.0
// Generated from schemas/patchrun.schema.json by scripts/generate-types.mjs. Do not edit.
export const patchrunSchema = {
 "$schema": "http://json-schema.org/draft-07/schema#",
 "$id": "urn:patchrun:schema:patchrun:1",
 "title": "Declaration",
 "description": "patchrun.yml: the playbook repository, the nodes and the policies of one fleet. Relative paths are relative to the directory of this file.",
 "type": "object",
 "additionalProperties": false,
 "required": [
  "schemaVersion",
  "fleet",
  "playbooks",
  "nodes"
 ],
 "examples": [
  {
   "schemaVersion": 1,
   "fleet": "demo",
   "playbooks": {
    "repository": "./playbooks",
    "ref": "main",
    "playbook": "site.yml"
   },
   "nodes": {
    "allow": [
     "node[01-06]"
    ],
    "deny": [
     "db[1-2]"
    ],
    "canary": [
     "node[01-02]"
    ]
   }
  }
 ],
 "properties": {
  "$schema": {
   "description": "Path or URL of this schema, for editors. patchrun does not read it.",
   "type": "string",
   "examples": [
    "node_modules/patchrun/schemas/patchrun.schema.json"
   ]
  },
  "schemaVersion": {
   "description": "Version of the format of this file.",
   "const": 1,
   "examples": [
    1
   ]
  },
  "fleet": {
   "description": "Name of the fleet, as reports and notices show it: letters, digits, '-', '_' and '.'.",
   "$ref": "#/definitions/name",
   "examples": [
    "demo",
    "m3"
   ]
  },
  "playbooks": {
   "$ref": "#/definitions/playbooks"
  },
  "nodes": {
   "$ref": "#/definitions/nodes"
  },
  "inventory": {
   "$ref": "#/definitions/inventory"
  },
  "failureDomains": {
   "$ref": "#/definitions/failureDomains"
  },
  "partitions": {
   "$ref": "#/definitions/partitions"
  },
  "scheduler": {
   "$ref": "#/definitions/scheduler"
  },
  "schedulers": {
   "$ref": "#/definitions/schedulers"
  },
  "runsOn": {
   "$ref": "#/definitions/runsOn"
  },
  "changes": {
   "$ref": "#/definitions/changes"
  },
  "rollout": {
   "$ref": "#/definitions/rollout"
  },
  "drain": {
   "$ref": "#/definitions/drain"
  },
  "windows": {
   "$ref": "#/definitions/windows"
  },
  "health": {
   "$ref": "#/definitions/healthGates"
  },
  "notify": {
   "$ref": "#/definitions/notify"
  },
  "ansible": {
   "$ref": "#/definitions/ansible"
  },
  "state": {
   "$ref": "#/definitions/state"
  },
  "environments": {
   "description": "Named parts of the fleet, in the order in which they are promoted. Without it the whole fleet is one environment called \"default\".",
   "type": "object",
   "minProperties": 1,
   "propertyNames": {
    "$ref": "#/definitions/name"
   },
   "additionalProperties": {
    "$ref": "#/definitions/environment"
   },
   "examples": [
    {
     "test01": {
      "nodes": {
       "allow": [
        "test[01-04]"
       ],
       "canary": [
        "test01"
       ]
      }
     },
     "prod": {
      "nodes": {
       "allow": [
        "node[01-60]"
       ],
       "canary": [
        "node[01-02]"
       ]
      }
     }
    }
   ]
  }
 },
 "definitions": {
  "name": {
   "title": "Name",
   "type": "string",
   "pattern": "^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"
  },
  "path": {
   "title": "Path",
   "type": "string",
   "minLength": 1,
   "maxLength": 4096
  },
  "duration": {
   "title": "Duration",
   "description": "A whole number with a unit (ms, s, m, h, d); several are added up.",
   "type": "string",
   "pattern": "^([0-9]{1,9}(ms|s|m|h|d))+$",
   "examples": [
    "90s",
    "10m",
    "1h30m"
   ]
  },
  "hostExpression": {
   "title": "HostExpression",
   "description": "Nodes as Slurm and ClusterShell write them. See docs/usage/host-expressions.md.",
   "type": "string",
   "minLength": 1,
   "examples": [
    "node[01-06]",
    "m3a[001-120,130]",
    "r[1-4]n[01-32]!r2n07",
    "!node03"
   ]
  },
  "variableName": {
   "type": "string",
   "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"
  },
  "variables": {
   "title": "Variables",
   "description": "Ansible variables: a name and any value. YAML 1.2 is read, so yes and no stay words; write true and false. A value may be a !vault value.",
   "type": "object",
   "not": {
    "required": [
     "__ansible_vault"
    ],
    "properties": {
     "__ansible_vault": {}
    }
   },
   "propertyNames": {
    "$ref": "#/definitions/variableName"
   },
   "additionalProperties": true
  },
  "hostList": {
   "title": "HostList",
   "description": "Host expressions and sources, put together in order. An expression that begins with \"!\" takes nodes out of what stands before it. No node may come twice.",
   "type": "array",
   "items": {
    "anyOf": [
     {
      "$ref": "#/definitions/hostExpression"
     },
     {
      "title": "FileSource",
      "description": "A text file with one host expression a line; # begins a comment. Read afresh at every pass.",
      "type": "object",
      "additionalProperties": false,
      "required": [
       "file"
      ],
      "properties": {
       "file": {
        "description": "Path of the file.",
        "$ref": "#/definitions/path",
        "examples": [
         "lists/compute.txt"
        ]
       }
      },
      "examples": [
       {
        "file": "lists/compute.txt"
       }
      ]
     },
     {
      "title": "CommandSource",
      "description": "A command that prints such lines, run in the directory of this file without a shell, for at most a minute. Run afresh at every pass.",
      "type": "object",
      "additionalProperties": false,
      "required": [
       "command"
      ],
      "properties": {
       "command": {
        "description": "The program and its arguments.",
        "type": "array",
        "minItems": 1,
        "items": {
         "type": "string"
        },
        "examples": [
         [
          "sinfo",
          "-h",
          "-N",
          "-o",
          "%N",
          "-p",
          "compute"
         ]
        ]
       }
      },
      "examples": [
       {
        "command": [
         "sinfo",
         "-h",
         "-N",
         "-o",
         "%N",
         "-p",
         "compute"
        ]
       }
      ]
     },
     {
      "title": "InventorySource",
      "description": "The hosts of an existing Ansible inventory, asked through ansible-inventory at every pass.",
      "type": "object",
      "additionalProperties": false,
      "required": [
       "inventory"
      ],
      "properties": {
       "inventory": {
        "description": "Path of the inventory: a file, a directory or a script.",
        "$ref": "#/definitions/path",
        "examples": [
         "inventory/hosts.ini"
        ]
       },
       "group": {
        "description": "Take only this group, with its child groups.",
        "type": "string",
        "minLength": 1,
        "default": "all",
        "examples": [
         "compute"
        ]
       }
      },
      "examples": [
       {
        "inventory": "inventory/hosts.ini",
        "group": "compute"
       }
      ]
     }
    ]
   },
   "examples": [
    [
     "node[01-06]"
    ],
    [
     {
      "file": "lists/compute.txt"
     },
     "!node03"
    ]
   ]
  },
  "playbooks": {
   "title": "Playbooks",
   "description": "The Ansible playbook repository whose commits are rolled out.",
   "type": "object",
   "additionalProperties": false,
   "required": [
    "repository"
   ],
   "properties": {
    "repository": {
     "description": "URL of the git repository, or path of a local one.",
     "type": "string",
     "minLength": 1,
     "maxLength": 4096,
     "pattern": "^[^-]",
     "examples": [
      "./playbooks",
      "git@git.example.org:hpc/playbooks.git"
     ]
    },
    "ref": {
     "description": "Branch, tag or full commit that is rolled out.",
     "$ref": "#/definitions/ref",
     "default": "main",
     "examples": [
      "main",
      "release-2025-11"
     ]
    },
    "playbook": {
     "description": "Path of the playbook within the repository.",
     "$ref": "#/definitions/path",
     "default": "site.yml",
     "examples": [
      "site.yml",
      "playbooks/compute.yml"
     ]
    },
    "submodules": {
     "description": "Check submodules out too.",
     "type": "boolean",
     "default": true,
     "examples": [
      false
     ]
    },
    "lfs": {
     "description": "What becomes of files that are kept in Git LFS, where its filters are not set up for this user: refuse the commit, name them and roll out the pointers as they are, or fetch them with git-lfs (not in submodules).",
     "enum": [
      "refuse",
      "name",
      "fetch"
     ],
     "default": "refuse",
     "examples": [
      "fetch"
     ]
    },
    "requirements": {
     "description": "Install the roles and collections that requirements.yml of the commit names (also in roles/ and collections/), for its runs only. Each entry names one exact version.",
     "type": "boolean",
     "default": false,
     "examples": [
      true
     ]
    },
    "vars": {
     "description": "Extra variables of every run of Ansible, over all others, as with -e. They reach Ansible in a file.",
     "$ref": "#/definitions/variables",
     "default": {},
     "examples": [
      {
       "target": "compute"
      }
     ]
    }
   },
   "examples": [
    {
     "repository": "./playbooks",
     "ref": "main",
     "playbook": "site.yml"
    }
   ]
  },
  "ref": {
   "title": "Ref",
   "type": "string",
   "pattern": "^[A-Za-z0-9_./][A-Za-z0-9_./+@#-]{0,250}$"
  },
  "nodes": {
   "title": "Nodes",
   "description": "Which nodes patchrun may touch (allow), must never touch (deny), and touches first (canary).",
   "type": "object",
   "additionalProperties": false,
   "required": [
    "allow"
   ],
   "properties": {
    "allow": {
     "description": "The nodes patchrun may touch. Never empty.",
     "$ref": "#/definitions/hostList",
     "examples": [
      [
       "node[01-06]"
      ]
     ]
    },
    "deny": {
     "description": "The nodes patchrun must never touch, in no environment. A node that is also on allow or canary is a contradiction, and nothing is started.",
     "$ref": "#/definitions/hostList",
     "default": [],
     "examples": [
      [
       "db[1-2]"
      ]
     ]
    },
    "canary": {
     "description": "The nodes touched first; each must be allowed. At least one, unless environments declare their own.",
     "$ref": "#/definitions/hostList",
     "examples": [
      [
       "node[01-02]"
      ]
     ]
    }
   },
   "examples": [
    {
     "allow": [
      "node[01-06]"
     ],
     "deny": [
      "db[1-2]"
     ],
     "canary": [
      "node[01-02]"
     ]
    }
   ]
  },
  "inventory": {
   "title": "Inventory",
   "description": "Groups and variables of the nodes, for the inventory that patchrun generates. Only permitted nodes come into it.",
   "type": "object",
   "additionalProperties": false,
   "properties": {
    "source": {
     "description": "An existing Ansible inventory to take groups and variables from, asked through ansible-inventory at every pass. What is declared here goes over what it says.",
     "$ref": "#/definitions/path",
     "examples": [
      "inventory/hosts.ini"
     ]
    },
    "localhost": {
     "description": "Plays for localhost alone, the machine that patchrun runs on: skip leaves them out and names them; run looks at them and applies them once a step, beside the nodes. A DrainChange is refused there.",
     "enum": [
      "skip",
      "run"
     ],
     "default": "skip",
     "examples": [
      "run"
     ]
    },
    "groups": {
     "description": "Groups and the nodes in them. Nodes that are not permitted are left out.",
     "type": "object",
     "additionalProperties": {
      "$ref": "#/definitions/hostExpressions"
     },
     "default": {},
     "examples": [
      {
       "compute": [
        "node[01-06]"
       ]
      }
     ]
    },
    "vars": {
     "description": "Variables of every node (group all).",
     "$ref": "#/definitions/variables",
     "default": {},
     "examples": [
      {
       "ntp_server": "ntp.example.org"
      }
     ]
    },
    "groupVars": {
     "description": "Variables of a group that is declared here or in the source.",
     "type": "object",
     "additionalProperties": {
      "$ref": "#/definitions/variables"
     },
     "default": {},
     "examples": [
      {
       "compute": {
        "slurm_role": "compute"
       }
      }
     ]
    },
    "hostVars": {
     "description": "Variables of nodes, by host expression. A later entry goes over an earlier one.",
     "type": "object",
     "additionalProperties": {
      "$ref": "#/definitions/variables"
     },
     "default": {},
     "examples": [
      {
       "node[01-06]": {
        "ansible_user": "root"
       },
       "node03": {
        "ansible_host": "10.0.0.3"
       }
      }
     ]
    }
   },
   "examples": [
    {
     "source": "inventory/hosts.ini"
    },
    {
     "groups": {
      "compute": [
       "node[01-06]"
      ]
     },
     "vars": {
      "ansible_user": "root"
     }
    }
   ]
  },
  "hostExpressions": {
   "title": "HostExpressions",
   "type": "array",
   "items": {
    "$ref": "#/definitions/hostExpression"
   }
  },
  "failureDomains": {
   "title": "FailureDomains",
   "description": "What fails together: racks, chassis, switches. Declared by name, or taken from groups or from a variable.",
   "anyOf": [
    {
     "title": "DomainsFromGroups",
     "description": "Each group whose name fits is a failure domain.",
     "type": "object",
     "additionalProperties": false,
     "required": [
      "fromGroups"
     ],
     "properties": {
      "fromGroups": {
       "description": "Group names; * stands for any text.",
       "type": "array",
       "minItems": 1,
       "items": {
        "type": "string",
        "minLength": 1
       },
       "examples": [
        [
         "rack*"
        ]
       ]
      }
     },
     "examples": [
      {
       "fromGroups": [
        "rack*"
       ]
      }
     ]
    },
    {
     "title": "DomainsFromVariable",
     "description": "Each value of the variable is a failure domain; a list of values puts a node into several.",
     "type": "object",
     "additionalProperties": false,
     "required": [
      "fromVariable"
     ],
     "properties": {
      "fromVariable": {
       "description": "Name of a host or group variable.",
       "$ref": "#/definitions/variableName",
       "examples": [
        "rack"
       ]
      }
     },
     "examples": [
      {
       "fromVariable": "rack"
      }
     ]
    },
    {
     "title": "DomainsByName",
     "description": "Names and the nodes in them.",
     "type": "object",
     "minProperties": 1,
     "propertyNames": {
      "allOf": [
       {
        "$ref": "#/definitions/name"
       },
       {
        "not": {
         "enum": [
          "fromGroups",
          "fromVariable"
         ]
        }
       }
      ]
     },
     "additionalProperties": {
      "$ref": "#/definitions/hostExpressions"
     },
     "examples": [
      {
       "rack1": [
        "node[01-03]"
       ],
       "rack2": [
        "node[04-06]"
       ]
      }
     ]
    }
   ],
   "examples": [
    {
     "fromGroups": [
      "rack*"
     ]
    }
   ]
  },
  "changes": {
   "title": "Changes",
   "description": "How would-be changes are judged.",
   "type": "object",
   "additionalProperties": false,
   "properties": {
    "untagged": {
     "description": "What a change with neither HotChange nor DrainChange counts as: one that needs an empty node, an error, or what `lint --suggest` proposes for its task.",
     "enum": [
      "drain",
      "error",
      "suggest"
     ],
     "default": "drain",
     "examples": [
      "error"
     ]
    },
    "beyond": {
     "description": "A task that fails in check mode after something on the node would have changed, or could not be foreseen: nobody knows what the rest would do. apply: the node is changed as far as it could be seen, and looked at again. error: it has failed.",
     "enum": [
      "apply",
      "error"
     ],
     "default": "apply",
     "examples": [
      "error"
     ]
    },
    "unforeseen": {
     "$ref": "#/definitions/unforeseen"
    }
   },
   "examples": [
    {
     "untagged": "error",
     "unforeseen": {
      "drain": "apply"
     }
    }
   ]
  },
  "unforeseen": {
   "title": "Unforeseen",
   "description": "What becomes of tasks that check mode skips, such as commands: apply runs them once a commit on each node, name only names them. Those that say changed_when: false change nothing, and are not meant.",
   "type": "object",
   "additionalProperties": false,
   "properties": {
    "hot": {
     "description": "Those tagged HotChange.",
     "enum": [
      "apply",
      "name"
     ],
     "default": "apply",
     "examples": [
      "name"
     ]
    },
    "drain": {
     "description": "Those tagged DrainChange: apply drains the node for them.",
     "enum": [
      "apply",
      "name"
     ],
     "default": "name",
     "examples": [
      "apply"
     ]
    },
    "untagged": {
     "description": "Those with neither tag: apply drains the node for them.",
     "enum": [
      "apply",
      "name"
     ],
     "default": "name",
     "examples": [
      "apply"
     ]
    }
   },
   "examples": [
    {
     "drain": "apply"
    }
   ]
  },
  "nodeCount": {
   "title": "NodeCount",
   "description": "A number of nodes, or a percentage.",
   "anyOf": [
    {
     "type": "integer",
     "minimum": 0,
     "maximum": 1000000
    },
    {
     "type": "string",
     "description": "A percentage is a whole number from 0 to 100 with a % sign.",
     "pattern": "^(100|[0-9]{1,2})%$",
     "examples": [
      "5%"
     ]
    }
   ]
  },
  "waveSize": {
   "title": "WaveSize",
   "description": "A number of nodes, 1 or more, or a percentage from 1% to 100%.",
   "anyOf": [
    {
     "type": "integer",
     "minimum": 1,
     "maximum": 1000000
    },
    {
     "type": "string",
     "description": "A percentage is a whole number from 1 to 100 with a % sign.",
     "pattern": "^(100|[1-9][0-9]?)%$",
     "examples": [
      "10%"
     ]
    }
   ]
  },
  "rollout": {
   "title": "Rollout",
   "description": "How a rollout goes: how fast, how much of the fleet at once, and what stops it. An environment may set single fields anew.",
   "type": "object",
   "additionalProperties": false,
   "properties": {
    "soak": {
     "description": "Wait after the last canary was verified.",
     "$ref": "#/definitions/duration",
     "default": "10m",
     "examples": [
      "0s",
      "10m",
      "1h30m"
     ]
    },
    "waves": {
     "description": "Share of the nodes outside the canary list that is reached when each wave is done, rising. What is then left follows in a last wave.",
     "type": "array",
     "minItems": 1,
     "items": {
      "$ref": "#/definitions/waveSize"
     },
     "default": [
      "10%",
      "50%",
      "100%"
     ],
     "examples": [
      [
       "10%",
       "50%",
       "100%"
      ],
      [
       1,
       10,
       "100%"
      ]
     ]
    },
    "maxFailed": {
     "description": "Failed nodes outside the canary wave that are endured, whatever the cause; one more halts the rollout. A percentage is of the nodes outside the canary list, rounded down.",
     "$ref": "#/definitions/nodeCount",
     "default": "5%",
     "examples": [
      0,
      3,
      "5%"
     ]
    },
    "budget": {
     "$ref": "#/definitions/budget"
    },
    "retries": {
     "$ref": "#/definitions/retries"
    },
    "maxChanged": {
     "description": "Nodes changed in one run, at most, whatever else is allowed; the next run goes on. Without it there is no such limit.",
     "type": "integer",
     "minimum": 1,
     "maximum": 1000000,
     "examples": [
      100
     ]
    },
    "capacity": {
     "$ref": "#/definitions/capacity"
    },
    "pause": {
     "$ref": "#/definitions/pause"
    },
    "deadline": {
     "description": "The rollout halts this long after it was opened or retried. Without it, never.",
     "$ref": "#/definitions/duration",
     "examples": [
      "3d"
     ]
    },
    "approval": {
     "description": "What a person must approve: the start, all nodes that are no canaries (once), each wave after the canaries.",
     "type": "array",
     "items": {
      "enum": [
       "start",
       "wide",
       "waves"
      ]
     },
     "default": [],
     "examples": [
      [
       "wide"
      ],
      [
       "start",
       "waves"
      ]
     ]
    },
    "onNewCommit": {
     "description": "What happens to a rollout under way when the ref has moved: it is finished first, or a new one takes its place.",
     "enum": [
      "finish",
      "supersede"
     ],
     "default": "finish",
     "examples": [
      "supersede"
     ]
    },
    "expected": {
     "description": "How long the change of a node is expected to take while nothing was measured. No change begins that would not be over before the window closes.",
     "$ref": "#/definitions/duration",
     "default": "10m",
     "examples": [
      "10m",
      "1h"
     ]
    }
   },
   "examples": [
    {
     "soak": "10m",
     "waves": [
      "10%",
      "50%",
      "100%"
     ],
     "maxFailed": "5%"
    },
    {
     "budget": {
      "unreachable": "10%"
     },
     "capacity": {
      "fleet": "10%",
      "domains": 1
     },
     "pause": {
      "waves": "10m"
     },
     "deadline": "3d",
     "approval": [
      "wide"
     ]
    }
   ]
  },
  "ansible": {
   "title": "Ansible",
   "description": "How ansible-playbook is called.",
   "type": "object",
   "additionalProperties": false,
   "properties": {
    "executable": {
     "description": "Path of the ansible-playbook to use. Without it one is looked for.",
     "$ref": "#/definitions/path",
     "examples": [
      "/opt/ansible/bin/ansible-playbook"
     ]
    },
    "forks": {
     "description": "Nodes worked on at the same time.",
     "type": "integer",
     "minimum": 1,
     "maximum": 1000,
     "default": 20,
     "examples": [
      50
     ]
    },
    "config": {
     "description": "The ansible.cfg of the playbook repository: use it, with dangerous settings overridden, or ignore it.",
     "enum": [
      "repository",
      "none"
     ],
     "default": "repository",
     "examples": [
      "none"
     ]
    },
    "hangTimeout": {
     "description": "A node whose task gives no result for this long is cut loose.",
     "$ref": "#/definitions/duration",
     "default": "30m",
     "examples": [
      "30m",
      "2h"
     ]
    },
    "connectTimeout": {
     "description": "How long a connection to a node may take to come up.",
     "$ref": "#/definitions/duration",
     "default": "10s",
     "examples": [
      "10s",
      "1m"
     ]
    },
    "diff": {
     "description": "Keep diffs of what changes. Turn it off where files hold secrets that no no_log covers.",
     "type": "boolean",
     "default": true,
     "examples": [
      false
     ]
    },
    "extraArgs": {
     "description": "Further arguments of ansible-playbook. Ones that choose hosts, tags, inventory, playbook or check mode are refused, and so are variables on the command line, which everybody on the machine can read.",
     "type": "array",
     "items": {
      "type": "string"
     },
     "default": [],
     "examples": [
      [
       "--private-key",
       "/etc/patchrun/id_ed25519"
      ]
     ]
    },
    "vault": {
     "$ref": "#/definitions/vault"
    }
   },
   "examples": [
    {
     "forks": 50,
     "vault": [
      {
       "id": "prod",
       "file": "/etc/patchrun/vault-pass"
      }
     ]
    }
   ]
  },
  "vault": {
   "title": "Vault",
   "description": "The passwords of Ansible's vault, in the order in which Ansible tries them: files, or scripts that print one. See docs/usage/vault.md.",
   "type": "array",
   "default": [],
   "items": {
    "anyOf": [
     {
      "title": "VaultFile",
      "description": "A file that holds one password and nothing else.",
      "type": "object",
      "additionalProperties": false,
      "required": [
       "file"
      ],
      "properties": {
       "id": {
        "description": "The vault id: the label that values encrypted with this password carry.",
        "$ref": "#/definitions/name",
        "default": "default",
        "examples": [
         "prod"
        ]
       },
       "file": {
        "description": "Path of the file. It must not be executable: Ansible would run it.",
        "$ref": "#/definitions/path",
        "examples": [
         "/etc/patchrun/vault-pass"
        ]
       }
      },
      "examples": [
       {
        "id": "prod",
        "file": "/etc/patchrun/vault-pass"
       }
      ]
     },
     {
      "title": "VaultScript",
      "description": "An executable that prints one password. One whose name ends in -client (before a file extension) is given --vault-id and the label.",
      "type": "object",
      "additionalProperties": false,
      "required": [
       "script"
      ],
      "properties": {
       "id": {
        "description": "The vault id: the label that values encrypted with this password carry.",
        "$ref": "#/definitions/name",
        "default": "default",
        "examples": [
         "prod"
        ]
       },
       "script": {
        "description": "Path of the executable.",
        "$ref": "#/definitions/path",
        "examples": [
         "./vault-keyring-client.sh"
        ]
       }
      },
      "examples": [
       {
        "id": "prod",
        "script": "./vault-keyring-client.sh"
       }
      ]
     }
    ]
   },
   "examples": [
    [
     {
      "id": "prod",
      "file": "/etc/patchrun/vault-pass"
     }
    ]
   ]
  },
  "state": {
   "title": "State",
   "description": "Where patchrun keeps its journal.",
   "type": "object",
   "additionalProperties": false,
   "properties": {
    "directory": {
     "description": "Directory of the state. Every process that shares the fleet must see the same one.",
     "$ref": "#/definitions/path",
     "default": ".patchrun",
     "examples": [
      "/var/lib/patchrun/m3"
     ]
    },
    "git": {
     "description": "Journal, lock and mailbox lie in refs of a git repository instead: machines and CI jobs share them without sharing a file system. The directory then holds what belongs to this machine.",
     "type": "object",
     "additionalProperties": false,
     "properties": {
      "repository": {
       "description": "URL or path of the repository, which this user may push to. Without it, the playbook repository.",
       "type": "string",
       "minLength": 1,
       "maxLength": 4096,
       "examples": [
        "https://git.example.org/ops/patchrun-state.git"
       ]
      },
      "ref": {
       "description": "The refs of the fleet lie below this one. Without it, refs/patchrun/ and the fleet's name.",
       "type": "string",
       "minLength": 6,
       "maxLength": 200,
       "examples": [
        "refs/patchrun/m3"
       ]
      }
     },
     "examples": [
      {
       "repository": "https://git.example.org/ops/patchrun-state.git"
      }
     ]
    },
    "lockTimeout": {
     "description": "How long a lock without a sign of life is held for that of a living process; at least 10s.",
     "$ref": "#/definitions/duration",
     "default": "60s",
     "examples": [
      "60s",
      "5m"
     ]
    }
   },
   "examples": [
    {
     "directory": "/var/lib/patchrun/m3"
    }
   ]
  },
  "environment": {
   "title": "Environment",
   "description": "A named part of the fleet with its own lists. The deny list of the fleet holds here too.",
   "type": "object",
   "additionalProperties": false,
   "required": [
    "nodes"
   ],
   "properties": {
    "nodes": {
     "title": "EnvironmentNodes",
     "description": "The nodes of the environment; every one must be on the fleet's allow list.",
     "type": "object",
     "additionalProperties": false,
     "required": [
      "allow",
      "canary"
     ],
     "properties": {
      "allow": {
       "description": "The nodes of the environment.",
       "$ref": "#/definitions/hostList",
       "examples": [
        [
         "test[01-04]"
        ]
       ]
      },
      "deny": {
       "description": "Nodes that must not be touched here, besides those the fleet denies.",
       "$ref": "#/definitions/hostList",
       "default": [],
       "examples": [
        [
         "test04"
        ]
       ]
      },
      "canary": {
       "description": "The nodes touched first.",
       "$ref": "#/definitions/hostList",
       "examples": [
        [
         "test01"
        ]
       ]
      }
     },
     "examples": [
      {
       "allow": [
        "test[01-04]"
       ],
       "canary": [
        "test01"
       ]
      }
     ]
    },
    "rollout": {
     "$ref": "#/definitions/rollout"
    },
    "drain": {
     "$ref": "#/definitions/drain"
    },
    "playbooks": {
     "title": "EnvironmentPlaybooks",
     "description": "What differs from the fleet's playbooks.",
     "type": "object",
     "additionalProperties": false,
     "properties": {
      "ref": {
       "description": "Branch, tag or full commit that is rolled out here.",
       "$ref": "#/definitions/ref",
       "examples": [
        "release-2025-11"
       ]
      },
      "vars": {
       "description": "Extra variables here, over those of the fleet.",
       "$ref": "#/definitions/variables",
       "default": {},
       "examples": [
        {
         "target": "compute"
        }
       ]
      }
     },
     "examples": [
      {
       "ref": "release-2025-11"
      }
     ]
    },
    "windows": {
     "$ref": "#/definitions/windows"
    },
    "health": {
     "$ref": "#/definitions/healthGates"
    },
    "notify": {
     "$ref": "#/definitions/notify"
    },
    "after": {
     "description": "Environments that must have completed the very same commit before this one opens. Without it: the environment that is declared before this one. An empty list: none.",
     "type": "array",
     "items": {
      "$ref": "#/definitions/name"
     },
     "examples": [
      [
       "test01",
       "test02"
      ],
      []
     ]
    },
    "soakBefore": {
     "description": "How long ago they must have completed it, at least.",
     "$ref": "#/definitions/duration",
     "default": "0s",
     "examples": [
      "1h",
      "1d"
     ]
    },
    "protected": {
     "description": "Before a rollout begins here, a person types the name of the environment. --yes says all the same that nobody is asked.",
     "type": "boolean",
     "default": false,
     "examples": [
      true
     ]
    }
   },
   "examples": [
    {
     "nodes": {
      "allow": [
       "test[01-04]"
      ],
      "canary": [
       "test01"
      ]
     },
     "rollout": {
      "soak": "0s"
     }
    }
   ]
  },
  "budget": {
   "title": "Budget",
   "description": "Failed nodes outside the canary wave that are endured, by cause. A cause that is not named has no budget of its own; rollout.maxFailed counts them all.",
   "type": "object",
   "additionalProperties": false,
   "properties": {
    "failed": {
     "description": "Nodes on which a task failed.",
     "$ref": "#/definitions/nodeCount",
     "examples": [
      3,
      "5%"
     ]
    },
    "unreachable": {
     "description": "Nodes that could not be reached, or hung.",
     "$ref": "#/definitions/nodeCount",
     "examples": [
      "10%"
     ]
    },
    "notConverged": {
     "description": "Nodes that would change again after they were changed.",
     "$ref": "#/definitions/nodeCount",
     "examples": [
      0
     ]
    }
   },
   "examples": [
    {
     "failed": 3,
     "unreachable": "10%",
     "notConverged": 0
    }
   ]
  },
  "retries": {
   "title": "Retries",
   "description": "How often a node that failed is tried again before it is quarantined. The wait doubles from one attempt to the next.",
   "type": "object",
   "additionalProperties": false,
   "properties": {
    "attempts": {
     "description": "Attempts in all, the first one included.",
     "type": "integer",
     "minimum": 1,
     "maximum": 100,
     "default": 5,
     "examples": [
      1,
      5
     ]
    },
    "backoff": {
     "description": "Wait before the second attempt.",
     "$ref": "#/definitions/duration",
     "default": "1m",
     "examples": [
      "1m"
     ]
    },
    "longest": {
     "description": "Longest wait between two attempts.",
     "$ref": "#/definitions/duration",
     "default": "30m",
     "examples": [
      "30m"
     ]
    }
   },
   "examples": [
    {
     "attempts": 5,
     "backoff": "1m",
     "longest": "30m"
    }
   ]
  },
  "capacity": {
   "title": "Capacity",
   "description": "How many nodes may be out at once, at most, counting those that were out before. A percentage is of the nodes of the scope, rounded down, and never below one node.",
   "type": "object",
   "additionalProperties": false,
   "properties": {
    "fleet": {
     "description": "Of all nodes of the environment.",
     "$ref": "#/definitions/waveSize",
     "examples": [
      "10%",
      5
     ]
    },
    "groups": {
     "description": "Of the nodes of a group.",
     "type": "object",
     "additionalProperties": {
      "$ref": "#/definitions/waveSize"
     },
     "default": {},
     "examples": [
      {
       "compute": 5
      }
     ]
    },
    "partitions": {
     "description": "Of the nodes of a partition, as declared under partitions or known to the scheduler.",
     "type": "object",
     "additionalProperties": {
      "$ref": "#/definitions/waveSize"
     },
     "default": {},
     "examples": [
      {
       "batch": "10%"
      }
     ]
    },
    "domains": {
     "description": "Of the nodes of each failure domain.",
     "$ref": "#/definitions/waveSize",
     "examples": [
      1
     ]
    }
   },
   "examples": [
    {
     "fleet": "10%",
     "groups": {
      "compute": 5
     },
     "domains": 1
    }
   ]
  },
  "pause": {
   "title": "Pause",
   "description": "Waits on the way.",
   "type": "object",
   "additionalProperties": false,
   "properties": {
    "nodes": {
     "description": "Wait between the changes of two nodes, which then go one by one.",
     "$ref": "#/definitions/duration",
     "default": "0s",
     "examples": [
      "30s"
     ]
    },
    "waves": {
     "description": "Wait before each wave after the canaries.",
     "$ref": "#/definitions/duration",
     "default": "0s",
     "examples": [
      "10m"
     ]
    }
   },
   "examples": [
    {
     "nodes": "30s",
     "waves": "10m"
    }
   ]
  },
  "weekdays": {
   "title": "Weekdays",
   "description": "A day or a range of days, by their first three letters: \"mon\", \"sat-sun\".",
   "type": "string",
   "pattern": "^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$",
   "examples": [
    "mon-fri",
    "sat"
   ]
  },
  "day": {
   "title": "Day",
   "description": "A date, or a date and a time of the clock on the wall: \"2026-12-18\", \"2026-12-18T12:00\".",
   "type": "string",
   "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9])?$",
   "examples": [
    "2026-12-18",
    "2026-12-01T12:00"
   ]
  },
  "window": {
   "title": "Window",
   "description": "A time in which changes may begin, on each of the days.",
   "type": "object",
   "additionalProperties": false,
   "required": [
    "from",
    "to"
   ],
   "properties": {
    "days": {
     "description": "The days on which it opens.",
     "type": "array",
     "minItems": 1,
     "items": {
      "$ref": "#/definitions/weekdays"
     },
     "default": [
      "mon-sun"
     ],
     "examples": [
      [
       "mon-thu"
      ],
      [
       "sat",
       "sun"
      ]
     ]
    },
    "from": {
     "description": "When it opens, by the clock on the wall: \"08:00\".",
     "type": "string",
     "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$",
     "examples": [
      "08:00",
      "22:00"
     ]
    },
    "to": {
     "description": "When it closes, up to \"24:00\". A time before \"from\" is one of the next day.",
     "type": "string",
     "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
     "examples": [
      "15:00",
      "24:00",
      "06:00"
     ]
    }
   },
   "examples": [
    {
     "days": [
      "mon-thu"
     ],
     "from": "08:00",
     "to": "15:00"
    }
   ]
  },
  "freeze": {
   "title": "FreezeTime",
   "description": "A time in which no change may begin.",
   "type": "object",
   "additionalProperties": false,
   "required": [
    "from",
    "to",
    "reason"
   ],
   "properties": {
    "from": {
     "description": "First day, or the moment at which it begins.",
     "$ref": "#/definitions/day",
     "examples": [
      "2026-12-18",
      "2026-12-01T12:00"
     ]
    },
    "to": {
     "description": "Last day, which belongs to it, or the moment at which it ends.",
     "$ref": "#/definitions/day",
     "examples": [
      "2027-01-04",
      "2026-12-01T18:00"
     ]
    },
    "reason": {
     "description": "Why, as status shows it.",
     "type": "string",
     "minLength": 1,
     "maxLength": 200,
     "examples": [
      "Christmas"
     ]
    }
   },
   "examples": [
    {
     "from": "2026-12-18",
     "to": "2027-01-04",
     "reason": "Christmas"
    }
   ]
  },
  "windows": {
   "title": "Windows",
   "description": "When changes may begin. Without it, always. An environment may set single fields anew.",
   "type": "object",
   "additionalProperties": false,
   "properties": {
    "zone": {
     "description": "IANA time zone in which days and times are meant.",
     "type": "string",
     "minLength": 1,
     "maxLength": 64,
     "default": "UTC",
     "examples": [
      "Europe/Oslo"
     ]
    },
    "open": {
     "description": "The windows. Without one it is always open, but for the freezes.",
     "type": "array",
     "items": {
      "$ref": "#/definitions/window"
     },
     "default": [],
     "examples": [
      [
       {
        "days": [
         "mon-thu"
        ],
        "from": "08:00",
        "to": "15:00"
       }
      ]
     ]
    },
    "freeze": {
     "description": "Times in which no change may begin, whatever the windows say.",
     "type": "array",
     "items": {
      "$ref": "#/definitions/freeze"
     },
     "default": [],
     "examples": [
      [
       {
        "from": "2026-12-18",
        "to": "2027-01-04",
        "reason": "Christmas"
       }
      ]
     ]
    },
    "calendar": {
     "description": "Path of an iCalendar file. Every event in it is a freeze; its summary is the reason. Read afresh at every pass.",
     "$ref": "#/definitions/path",
     "examples": [
      "freezes.ics"
     ]
    }
   },
   "examples": [
    {
     "zone": "Europe/Oslo",
     "open": [
      {
       "days": [
        "mon-thu"
       ],
       "from": "08:00",
       "to": "15:00"
      }
     ],
     "calendar": "freezes.ics"
    }
   ]
  },
  "healthGate": {
   "title": "Health",
   "description": "An Ansible role that must pass before the rollout goes on.",
   "type": "object",
   "additionalProperties": false,
   "required": [
    "name",
    "role"
   ],
   "properties": {
    "name": {
     "description": "Name of the gate, as status shows it.",
     "$ref": "#/definitions/name",
     "examples": [
      "storage"
     ]
    },
    "role": {
     "description": "Name of the role: one of the playbook repository, one of a collection, or one that comes with patchrun.",
     "type": "string",
     "pattern": "^[A-Za-z0-9_][A-Za-z0-9_./-]{0,254}$",
     "examples": [
      "ready_checklist",
      "example.cluster.storage_check"
     ]
    },
    "at": {
     "description": "When it is asked: before a rollout, after the canaries, between waves, at the end; with visit, on each node that was drained, before it is given back.",
     "type": "array",
     "minItems": 1,
     "items": {
      "enum": [
       "start",
       "canaries",
       "waves",
       "visit",
       "end"
      ]
     },
     "default": [
      "start",
      "canaries",
      "waves",
      "end"
     ],
     "examples": [
      [
       "start",
       "end"
      ],
      [
       "visit"
      ]
     ]
    },
    "vars": {
     "description": "Variables of the role.",
     "$ref": "#/definitions/variables",
     "default": {},
     "examples": [
      {
       "mounts": [
        "/scratch"
       ]
      }
     ]
    }
   },
   "examples": [
    {
     "name": "storage",
     "role": "ready_checklist",
     "at": [
      "start",
      "canaries"
     ],
     "vars": {
      "ready_mounts": [
       "/scratch"
      ]
     }
    }
   ]
  },
  "healthGates": {
   "title": "HealthGates",
   "description": "Health gates: Ansible roles that must pass before the rollout goes on. Those of an environment stand in place of the fleet's.",
   "type": "array",
   "items": {
    "$ref": "#/definitions/healthGate"
   },
   "examples": [
    [
     {
      "name": "storage",
      "role": "ready_checklist"
     }
    ]
   ]
  },
  "partitions": {
   "title": "Partitions",
   "description": "Partitions of the scheduler and the nodes in them. Nodes that are not permitted are left out.",
   "type": "object",
   "propertyNames": {
    "$ref": "#/definitions/name"
   },
   "additionalProperties": {
    "$ref": "#/definitions/hostExpressions"
   },
   "examples": [
    {
     "batch": [
      "node[01-60]"
     ],
     "gpu": [
      "node[51-60]"
     ]
    }
   ]
  },
  "roleName": {
   "title": "RoleName",
   "description": "Name of an Ansible role: one of the playbook repository, one of a collection (three words with dots), or one that comes with patchrun.",
   "type": "string",
   "maxLength": 255,
   "pattern": "^([A-Za-z0-9_][A-Za-z0-9_-]*|[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){2,})$"
  },
  "scheduler": {
   "title": "SchedulerDeclared",
   "description": "The workload manager whose nodes these are. Without it nothing is drained, and nodes that need a DrainChange wait.",
   "type": "object",
   "additionalProperties": false,
   "required": [
    "type"
   ],
   "properties": {
    "type": {
     "description": "Which workload manager it is.",
     "enum": [
      "slurm"
     ],
     "examples": [
      "slurm"
     ]
    },
    "nodes": {
     "description": "The nodes that it has. Without it all nodes of the fleet that no other scheduler names.",
     "$ref": "#/definitions/hostExpressions",
     "examples": [
      [
       "node[01-60]"
      ]
     ]
    },
    "controller": {
     "description": "Host on which its commands run (scontrol, squeue, sbatch), as a user who may drain nodes. It need not be on a list, and must not be on deny.",
     "type": "string",
     "pattern": "^[A-Za-z0-9_][A-Za-z0-9._-]{0,252}$",
     "default": "localhost",
     "examples": [
      "ctl",
      "slurm.example.org"
     ]
    },
    "controllerVars": {
     "description": "Connection variables of that host, over what inventory.source says of it.",
     "$ref": "#/definitions/variables",
     "default": {},
     "examples": [
      {
       "ansible_user": "slurm-admin"
      }
     ]
    },
    "names": {
     "description": "What the scheduler calls a node: its whole name, or that up to the first dot.",
     "enum": [
      "full",
      "short"
     ],
     "default": "full",
     "examples": [
      "short"
     ]
    },
    "every": {
     "description": "How often it is asked while something waits for it; at least 1s.",
     "$ref": "#/definitions/duration",
     "default": "30s",
     "examples": [
      "30s",
      "2m"
     ]
    },
    "feature": {
     "description": "Beginning of the node feature that tells the commit; its first 12 digits follow. Without it no feature is set. Letters, digits, '_' and '.', a letter or '_' first.",
     "type": "string",
     "pattern": "^[A-Za-z_][A-Za-z0-9_.]{0,62}$",
     "examples": [
      "patchrun_"
     ]
    },
    "roles": {
     "$ref": "#/definitions/schedulerRoles"
    },
    "vars": {
     "description": "Further variables of these roles.",
     "$ref": "#/definitions/variables",
     "default": {},
     "examples": [
      {
       "slurm_bin": "/opt/slurm/bin"
      }
     ]
    }
   },
   "examples": [
    {
     "type": "slurm",
     "controller": "ctl",
     "names": "short"
    }
   ]
  },
  "schedulers": {
   "title": "SchedulersDeclared",
   "description": "Several workload managers, by a name of your own, each for some of the nodes; in place of scheduler. A node belongs to one of them at most.",
   "type": "object",
   "minProperties": 1,
   "propertyNames": {
    "$ref": "#/definitions/name"
   },
   "additionalProperties": {
    "$ref": "#/definitions/scheduler"
   },
   "examples": [
    {
     "old": {
      "type": "slurm",
      "controller": "ctl1",
      "nodes": [
       "node[01-30]"
      ]
     },
     "new": {
      "type": "slurm",
      "controller": "ctl2",
      "nodes": [
       "node[31-60]"
      ]
     }
    }
   ]
  },
  "schedulerRoles": {
   "title": "SchedulerRoleNames",
   "description": "The Ansible role of each step. A site may bring its own.",
   "type": "object",
   "additionalProperties": false,
   "properties": {
    "observe": {
     "description": "Tells the nodes, jobs and reservations.",
     "$ref": "#/definitions/roleName",
     "default": "slurm_observe",
     "examples": [
      "slurm_observe",
      "site.cluster.observe"
     ]
    },
    "drain": {
     "description": "Takes nodes out of scheduling.",
     "$ref": "#/definitions/roleName",
     "default": "slurm_drain",
     "examples": [
      "slurm_drain",
      "site.cluster.drain"
     ]
    },
    "release": {
     "description": "Gives nodes back.",
     "$ref": "#/definitions/roleName",
     "default": "slurm_release",
     "examples": [
      "slurm_release",
      "site.cluster.release"
     ]
    },
    "reboot": {
     "description": "Reboots a node where that is asked for, and waits until it is back.",
     "$ref": "#/definitions/roleName",
     "default": "node_reboot",
     "examples": [
      "node_reboot",
      "site.cluster.node_reboot"
     ]
    },
    "test": {
     "description": "Runs a test job on one node before users get it back.",
     "$ref": "#/definitions/roleName",
     "default": "slurm_test_job",
     "examples": [
      "slurm_test_job",
      "site.cluster.test_job"
     ]
    }
   },
   "examples": [
    {
     "test": "our_test_job"
    }
   ]
  },
  "drain": {
   "title": "Drain",
   "description": "How nodes are emptied, changed and given back. Needs a scheduler. An environment may set single fields anew.",
   "type": "object",
   "additionalProperties": false,
   "properties": {
    "atOnce": {
     "description": "Nodes that patchrun keeps drained at once, at most, beside all other limits. A percentage is of all nodes of the environment, rounded down, and never below one node.",
     "$ref": "#/definitions/waveSize",
     "default": "10%",
     "examples": [
      "10%",
      4
     ]
    },
    "timeout": {
     "description": "How long a drain may take to empty its node before onTimeout decides.",
     "$ref": "#/definitions/duration",
     "default": "24h",
     "examples": [
      "24h",
      "3d"
     ]
    },
    "onTimeout": {
     "description": "What then happens: wait on; release the node at once and try again later; wait on and ask a person.",
     "enum": [
      "wait",
      "release",
      "ask"
     ],
     "default": "wait",
     "examples": [
      "release"
     ]
    },
    "foreign": {
     "description": "Nodes that somebody else drained or set down: leave them alone, or patch them once they are empty. They are never released.",
     "enum": [
      "leave",
      "patch"
     ],
     "default": "leave",
     "examples": [
      "patch"
     ]
    },
    "reservations": {
     "description": "Nodes in a maintenance reservation of the site that holds nobody's jobs: patch them and give them back into it, or leave them alone.",
     "enum": [
      "join",
      "leave"
     ],
     "default": "join",
     "examples": [
      "leave"
     ]
    },
    "hotFirst": {
     "description": "Apply the HotChange part of a node that needs a drain beforehand, under load.",
     "type": "boolean",
     "default": false,
     "examples": [
      true
     ]
    },
    "reboot": {
     "description": "When a drained node is rebooted: when it or the play asks for it, once in every visit, never.",
     "enum": [
      "auto",
      "always",
      "never"
     ],
     "default": "auto",
     "examples": [
      "always"
     ]
    },
    "rebootTimeout": {
     "description": "A node that is not back this long after its reboot has failed.",
     "$ref": "#/definitions/duration",
     "default": "15m",
     "examples": [
      "15m",
      "40m"
     ]
    },
    "test": {
     "description": "Run a test job on exactly that node before users get it back.",
     "type": "boolean",
     "default": true,
     "examples": [
      false
     ]
    }
   },
   "examples": [
    {
     "atOnce": "10%",
     "timeout": "24h",
     "onTimeout": "wait"
    }
   ]
  },
  "runsOn": {
   "title": "RunsOn",
   "description": "Hypervisors and the nodes that run on them. A hypervisor and its nodes go out together in one visit. All of them must be allowed, and in the same environment.",
   "type": "object",
   "additionalProperties": {
    "$ref": "#/definitions/hostExpressions"
   },
   "examples": [
    {
     "hyp01": [
      "node[01-04]"
     ]
    }
   ]
  },
  "secretSource": {
   "title": "SecretSource",
   "description": "Where a secret is found when it is needed. The secret itself never stands in this file, unless it is encrypted.",
   "anyOf": [
    {
     "title": "SecretOfEnvironment",
     "description": "A variable of the environment that patchrun runs in.",
     "type": "object",
     "additionalProperties": false,
     "required": [
      "env"
     ],
     "properties": {
      "env": {
       "description": "Name of the variable.",
       "type": "string",
       "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,254}$",
       "examples": [
        "PATCHRUN_SLACK"
       ]
      }
     },
     "examples": [
      {
       "env": "PATCHRUN_SLACK"
      }
     ]
    },
    {
     "title": "SecretOfFile",
     "description": "A file that holds the secret and nothing else. A line end after it does not count.",
     "type": "object",
     "additionalProperties": false,
     "required": [
      "file"
     ],
     "properties": {
      "file": {
       "description": "Path of the file; a relative one is taken from the directory of this file.",
       "$ref": "#/definitions/path",
       "examples": [
        "/etc/patchrun/slack"
       ]
      }
     },
     "examples": [
      {
       "file": "/etc/patchrun/slack"
      }
     ]
    },
    {
     "title": "SecretOfVault",
     "description": "The secret itself, encrypted with Ansible's vault: a !vault value. Ansible opens it when it is needed.",
     "type": "object",
     "additionalProperties": false,
     "required": [
      "__ansible_vault"
     ],
     "properties": {
      "__ansible_vault": {
       "description": "The encrypted text, as ansible-vault encrypt_string prints it.",
       "type": "string",
       "examples": [
        "$ANSIBLE_VAULT;1.1;AES256\n3366..."
       ]
      }
     },
     "examples": [
      {
       "__ansible_vault": "$ANSIBLE_VAULT;1.1;AES256\n3366..."
      }
     ]
    }
   ],
   "examples": [
    {
     "env": "PATCHRUN_SLACK"
    },
    {
     "file": "/etc/patchrun/slack"
    }
   ]
  },
  "notifyTarget": {
   "title": "NotifyTarget",
   "description": "Somebody who is told: Slack, or a webhook of your own.",
   "type": "object",
   "additionalProperties": false,
   "properties": {
    "slack": {
     "description": "The URL of an incoming webhook of Slack. It is a secret: whoever has it can write there.",
     "$ref": "#/definitions/secretSource",
     "examples": [
      {
       "env": "PATCHRUN_SLACK"
      }
     ]
    },
    "webhook": {
     "title": "Webhook",
     "description": "Each message is posted as JSON (schemas/notification.schema.json), signed as Standard Webhooks has it.",
     "type": "object",
     "additionalProperties": false,
     "required": [
      "url",
      "secret"
     ],
     "properties": {
      "url": {
       "description": "Where it is posted to: an https URL, http on this machine only. One that holds a secret comes from the environment or a file.",
       "anyOf": [
        {
         "title": "WebhookUrl",
         "type": "string",
         "minLength": 1,
         "maxLength": 2048
        },
        {
         "$ref": "#/definitions/secretSource"
        }
       ],
       "examples": [
        "https://desk.example.org/hooks/patchrun",
        {
         "env": "DESK_URL"
        }
       ]
      },
      "secret": {
       "description": "The key that messages are signed with (HMAC-SHA256). One that begins with whsec_ is read as base64.",
       "$ref": "#/definitions/secretSource",
       "examples": [
        {
         "file": "/etc/patchrun/desk.key"
        }
       ]
      }
     },
     "examples": [
      {
       "url": "https://desk.example.org/hooks/patchrun",
       "secret": {
        "file": "/etc/patchrun/desk.key"
       }
      }
     ]
    },
    "on": {
     "description": "What is told; without it, all.",
     "type": "array",
     "minItems": 1,
     "items": {
      "enum": [
       "started",
       "canary-passed",
       "halted",
       "waiting-approval",
       "quarantined",
       "done",
       "rolled-back"
      ]
     },
     "default": [
      "started",
      "canary-passed",
      "halted",
      "waiting-approval",
      "quarantined",
      "done",
      "rolled-back"
     ],
     "examples": [
      [
       "halted",
       "waiting-approval",
       "quarantined"
      ]
     ]
    }
   },
   "examples": [
    {
     "slack": {
      "env": "PATCHRUN_SLACK"
     },
     "on": [
      "halted",
      "waiting-approval",
      "quarantined"
     ]
    }
   ]
  },
  "notify": {
   "title": "Notify",
   "description": "Who is told what a rollout does, by a name of your choice. The targets of an environment stand in place of the fleet's.",
   "type": "object",
   "propertyNames": {
    "$ref": "#/definitions/name"
   },
   "additionalProperties": {
    "$ref": "#/definitions/notifyTarget"
   },
   "examples": [
    {
     "ops": {
      "slack": {
       "env": "PATCHRUN_SLACK"
      }
     },
     "desk": {
      "webhook": {
       "url": "https://desk.example.org/hooks/patchrun",
       "secret": {
        "file": "/etc/patchrun/desk.key"
       }
      }
     }
    }
   ]
  }
 }
} as const
