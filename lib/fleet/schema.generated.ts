// SPDX-License-Identifier: Apache-2.0
// Generated from schemas/patchrun.schema.json by scripts/generate-types.mjs. Do not edit.
export const patchrunSchema = {
 "$schema": "http://json-schema.org/draft-07/schema#",
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
  "changes": {
   "$ref": "#/definitions/changes"
  },
  "rollout": {
   "$ref": "#/definitions/rollout"
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
   "description": "Ansible variables: a name and any value. YAML 1.2 is read, so yes and no stay words; write true and false.",
   "type": "object",
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
     "description": "What a change with neither HotChange nor DrainChange counts as: one that needs an empty node, or an error.",
     "enum": [
      "drain",
      "error"
     ],
     "default": "drain",
     "examples": [
      "error"
     ]
    }
   },
   "examples": [
    {
     "untagged": "error"
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
   "description": "How a rollout goes on after the canaries.",
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
     "description": "Failed nodes outside the canary wave that are endured; one more halts the rollout. A percentage is of the nodes outside the canary list, rounded down.",
     "$ref": "#/definitions/nodeCount",
     "default": "5%",
     "examples": [
      0,
      3,
      "5%"
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
       "--vault-id",
       "prod@/etc/patchrun/vault-pass"
      ]
     ]
    }
   },
   "examples": [
    {
     "forks": 50,
     "extraArgs": [
      "--vault-password-file",
      "/etc/patchrun/vault-pass"
     ]
    }
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
      }
     },
     "examples": [
      {
       "ref": "release-2025-11"
      }
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
  }
 }
} as const
