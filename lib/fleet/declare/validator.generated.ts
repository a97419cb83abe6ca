// SPDX-License-Identifier: Apache-2.0
// Generated from schemas/patchrun.schema.json by scripts/generate-types.mjs. Do not edit.
// @ts-nocheck
export const validate = validate10;
const schema11 = {"$schema":"http://json-schema.org/draft-07/schema#","$id":"urn:patchrun:schema:patchrun:1","title":"Declaration","description":"patchrun.yml: the playbook repository, the nodes and the policies of one fleet. Relative paths are relative to the directory of this file.","type":"object","additionalProperties":false,"required":["schemaVersion","fleet","playbooks","nodes"],"examples":[{"schemaVersion":1,"fleet":"demo","playbooks":{"repository":"./playbooks","ref":"main","playbook":"site.yml"},"nodes":{"allow":["node[01-06]"],"deny":["db[1-2]"],"canary":["node[01-02]"]}}],"properties":{"$schema":{"description":"Path or URL of this schema, for editors. patchrun does not read it.","type":"string","examples":["node_modules/patchrun/schemas/patchrun.schema.json"]},"schemaVersion":{"description":"Version of the format of this file.","const":1,"examples":[1]},"fleet":{"description":"Name of the fleet, as reports and notices show it: letters, digits, '-', '_' and '.'.","$ref":"#/definitions/name","examples":["demo","m3"]},"playbooks":{"$ref":"#/definitions/playbooks"},"nodes":{"$ref":"#/definitions/nodes"},"inventory":{"$ref":"#/definitions/inventory"},"failureDomains":{"$ref":"#/definitions/failureDomains"},"partitions":{"$ref":"#/definitions/partitions"},"scheduler":{"$ref":"#/definitions/scheduler"},"schedulers":{"$ref":"#/definitions/schedulers"},"runsOn":{"$ref":"#/definitions/runsOn"},"changes":{"$ref":"#/definitions/changes"},"rollout":{"$ref":"#/definitions/rollout"},"drain":{"$ref":"#/definitions/drain"},"windows":{"$ref":"#/definitions/windows"},"health":{"$ref":"#/definitions/healthGates"},"notify":{"$ref":"#/definitions/notify"},"ansible":{"$ref":"#/definitions/ansible"},"state":{"$ref":"#/definitions/state"},"environments":{"description":"Named parts of the fleet, in the order in which they are promoted. Without it the whole fleet is one environment called \"default\".","type":"object","minProperties":1,"propertyNames":{"$ref":"#/definitions/name"},"additionalProperties":{"$ref":"#/definitions/environment"},"examples":[{"test01":{"nodes":{"allow":["test[01-04]"],"canary":["test01"]}},"prod":{"nodes":{"allow":["node[01-60]"],"canary":["node[01-02]"]}}}]}},"definitions":{"name":{"title":"Name","type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"},"path":{"title":"Path","type":"string","minLength":1,"maxLength":4096},"duration":{"title":"Duration","description":"A whole number with a unit (ms, s, m, h, d); several are added up.","type":"string","pattern":"^([0-9]{1,9}(ms|s|m|h|d))+$","examples":["90s","10m","1h30m"]},"hostExpression":{"title":"HostExpression","description":"Nodes as Slurm and ClusterShell write them. See docs/usage/host-expressions.md.","type":"string","minLength":1,"examples":["node[01-06]","m3a[001-120,130]","r[1-4]n[01-32]!r2n07","!node03"]},"variableName":{"type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]*$"},"variables":{"title":"Variables","description":"Ansible variables: a name and any value. YAML 1.2 is read, so yes and no stay words; write true and false. A value may be a !vault value.","type":"object","not":{"required":["__ansible_vault"],"properties":{"__ansible_vault":{}}},"propertyNames":{"$ref":"#/definitions/variableName"},"additionalProperties":true},"hostList":{"title":"HostList","description":"Host expressions and sources, put together in order. An expression that begins with \"!\" takes nodes out of what stands before it. No node may come twice.","type":"array","items":{"anyOf":[{"$ref":"#/definitions/hostExpression"},{"title":"FileSource","description":"A text file with one host expression a line; # begins a comment. Read afresh at every pass.","type":"object","additionalProperties":false,"required":["file"],"properties":{"file":{"description":"Path of the file.","$ref":"#/definitions/path","examples":["lists/compute.txt"]}},"examples":[{"file":"lists/compute.txt"}]},{"title":"CommandSource","description":"A command that prints such lines, run in the directory of this file without a shell, for at most a minute. Run afresh at every pass.","type":"object","additionalProperties":false,"required":["command"],"properties":{"command":{"description":"The program and its arguments.","type":"array","minItems":1,"items":{"type":"string"},"examples":[["sinfo","-h","-N","-o","%N","-p","compute"]]}},"examples":[{"command":["sinfo","-h","-N","-o","%N","-p","compute"]}]},{"title":"InventorySource","description":"The hosts of an existing Ansible inventory, asked through ansible-inventory at every pass.","type":"object","additionalProperties":false,"required":["inventory"],"properties":{"inventory":{"description":"Path of the inventory: a file, a directory or a script.","$ref":"#/definitions/path","examples":["inventory/hosts.ini"]},"group":{"description":"Take only this group, with its child groups.","type":"string","minLength":1,"default":"all","examples":["compute"]}},"examples":[{"inventory":"inventory/hosts.ini","group":"compute"}]}]},"examples":[["node[01-06]"],[{"file":"lists/compute.txt"},"!node03"]]},"playbooks":{"title":"Playbooks","description":"The Ansible playbook repository whose commits are rolled out.","type":"object","additionalProperties":false,"required":["repository"],"properties":{"repository":{"description":"URL of the git repository, or path of a local one.","type":"string","minLength":1,"maxLength":4096,"pattern":"^[^-]","examples":["./playbooks","git@git.example.org:hpc/playbooks.git"]},"ref":{"description":"Branch, tag or full commit that is rolled out.","$ref":"#/definitions/ref","default":"main","examples":["main","release-2025-11"]},"playbook":{"description":"Path of the playbook within the repository.","$ref":"#/definitions/path","default":"site.yml","examples":["site.yml","playbooks/compute.yml"]},"submodules":{"description":"Check submodules out too.","type":"boolean","default":true,"examples":[false]},"lfs":{"description":"What becomes of files that are kept in Git LFS, where its filters are not set up for this user: refuse the commit, name them and roll out the pointers as they are, or fetch them with git-lfs (not in submodules).","enum":["refuse","name","fetch"],"default":"refuse","examples":["fetch"]},"requirements":{"description":"Install the roles and collections that requirements.yml of the commit names (also in roles/ and collections/), for its runs only. Each entry names one exact version.","type":"boolean","default":false,"examples":[true]},"vars":{"description":"Extra variables of every run of Ansible, over all others, as with -e. They reach Ansible in a file.","$ref":"#/definitions/variables","default":{},"examples":[{"target":"compute"}]}},"examples":[{"repository":"./playbooks","ref":"main","playbook":"site.yml"}]},"ref":{"title":"Ref","type":"string","pattern":"^[A-Za-z0-9_./][A-Za-z0-9_./+@#-]{0,250}$"},"nodes":{"title":"Nodes","description":"Which nodes patchrun may touch (allow), must never touch (deny), and touches first (canary).","type":"object","additionalProperties":false,"required":["allow"],"properties":{"allow":{"description":"The nodes patchrun may touch. Never empty.","$ref":"#/definitions/hostList","examples":[["node[01-06]"]]},"deny":{"description":"The nodes patchrun must never touch, in no environment. A node that is also on allow or canary is a contradiction, and nothing is started.","$ref":"#/definitions/hostList","default":[],"examples":[["db[1-2]"]]},"canary":{"description":"The nodes touched first; each must be allowed. At least one, unless environments declare their own.","$ref":"#/definitions/hostList","examples":[["node[01-02]"]]}},"examples":[{"allow":["node[01-06]"],"deny":["db[1-2]"],"canary":["node[01-02]"]}]},"inventory":{"title":"Inventory","description":"Groups and variables of the nodes, for the inventory that patchrun generates. Only permitted nodes come into it.","type":"object","additionalProperties":false,"properties":{"source":{"description":"An existing Ansible inventory to take groups and variables from, asked through ansible-inventory at every pass. What is declared here goes over what it says.","$ref":"#/definitions/path","examples":["inventory/hosts.ini"]},"localhost":{"description":"Plays for localhost alone, the machine that patchrun runs on: skip leaves them out and names them; run looks at them and applies them once a step, beside the nodes. A DrainChange is refused there.","enum":["skip","run"],"default":"skip","examples":["run"]},"groups":{"description":"Groups and the nodes in them. Nodes that are not permitted are left out.","type":"object","additionalProperties":{"$ref":"#/definitions/hostExpressions"},"default":{},"examples":[{"compute":["node[01-06]"]}]},"vars":{"description":"Variables of every node (group all).","$ref":"#/definitions/variables","default":{},"examples":[{"ntp_server":"ntp.example.org"}]},"groupVars":{"description":"Variables of a group that is declared here or in the source.","type":"object","additionalProperties":{"$ref":"#/definitions/variables"},"default":{},"examples":[{"compute":{"slurm_role":"compute"}}]},"hostVars":{"description":"Variables of nodes, by host expression. A later entry goes over an earlier one.","type":"object","additionalProperties":{"$ref":"#/definitions/variables"},"default":{},"examples":[{"node[01-06]":{"ansible_user":"root"},"node03":{"ansible_host":"10.0.0.3"}}]}},"examples":[{"source":"inventory/hosts.ini"},{"groups":{"compute":["node[01-06]"]},"vars":{"ansible_user":"root"}}]},"hostExpressions":{"title":"HostExpressions","type":"array","items":{"$ref":"#/definitions/hostExpression"}},"failureDomains":{"title":"FailureDomains","description":"What fails together: racks, chassis, switches. Declared by name, or taken from groups or from a variable.","anyOf":[{"title":"DomainsFromGroups","description":"Each group whose name fits is a failure domain.","type":"object","additionalProperties":false,"required":["fromGroups"],"properties":{"fromGroups":{"description":"Group names; * stands for any text.","type":"array","minItems":1,"items":{"type":"string","minLength":1},"examples":[["rack*"]]}},"examples":[{"fromGroups":["rack*"]}]},{"title":"DomainsFromVariable","description":"Each value of the variable is a failure domain; a list of values puts a node into several.","type":"object","additionalProperties":false,"required":["fromVariable"],"properties":{"fromVariable":{"description":"Name of a host or group variable.","$ref":"#/definitions/variableName","examples":["rack"]}},"examples":[{"fromVariable":"rack"}]},{"title":"DomainsByName","description":"Names and the nodes in them.","type":"object","minProperties":1,"propertyNames":{"allOf":[{"$ref":"#/definitions/name"},{"not":{"enum":["fromGroups","fromVariable"]}}]},"additionalProperties":{"$ref":"#/definitions/hostExpressions"},"examples":[{"rack1":["node[01-03]"],"rack2":["node[04-06]"]}]}],"examples":[{"fromGroups":["rack*"]}]},"changes":{"title":"Changes","description":"How would-be changes are judged.","type":"object","additionalProperties":false,"properties":{"untagged":{"description":"What a change with neither HotChange nor DrainChange counts as: one that needs an empty node, an error, or what `lint --suggest` proposes for its task.","enum":["drain","error","suggest"],"default":"drain","examples":["error"]},"beyond":{"description":"A task that fails in check mode after something on the node would have changed, or could not be foreseen: nobody knows what the rest would do. apply: the node is changed as far as it could be seen, and looked at again. error: it has failed.","enum":["apply","error"],"default":"apply","examples":["error"]},"unforeseen":{"$ref":"#/definitions/unforeseen"}},"examples":[{"untagged":"error","unforeseen":{"drain":"apply"}}]},"unforeseen":{"title":"Unforeseen","description":"What becomes of tasks that check mode skips, such as commands: apply runs them once a commit on each node, name only names them. Those that say changed_when: false change nothing, and are not meant.","type":"object","additionalProperties":false,"properties":{"hot":{"description":"Those tagged HotChange.","enum":["apply","name"],"default":"apply","examples":["name"]},"drain":{"description":"Those tagged DrainChange: apply drains the node for them.","enum":["apply","name"],"default":"name","examples":["apply"]},"untagged":{"description":"Those with neither tag: apply drains the node for them.","enum":["apply","name"],"default":"name","examples":["apply"]}},"examples":[{"drain":"apply"}]},"nodeCount":{"title":"NodeCount","description":"A number of nodes, or a percentage.","anyOf":[{"type":"integer","minimum":0,"maximum":1000000},{"type":"string","description":"A percentage is a whole number from 0 to 100 with a % sign.","pattern":"^(100|[0-9]{1,2})%$","examples":["5%"]}]},"waveSize":{"title":"WaveSize","description":"A number of nodes, 1 or more, or a percentage from 1% to 100%.","anyOf":[{"type":"integer","minimum":1,"maximum":1000000},{"type":"string","description":"A percentage is a whole number from 1 to 100 with a % sign.","pattern":"^(100|[1-9][0-9]?)%$","examples":["10%"]}]},"rollout":{"title":"Rollout","description":"How a rollout goes: how fast, how much of the fleet at once, and what stops it. An environment may set single fields anew.","type":"object","additionalProperties":false,"properties":{"soak":{"description":"Wait after the last canary was verified.","$ref":"#/definitions/duration","default":"10m","examples":["0s","10m","1h30m"]},"waves":{"description":"Share of the nodes outside the canary list that is reached when each wave is done, rising. What is then left follows in a last wave.","type":"array","minItems":1,"items":{"$ref":"#/definitions/waveSize"},"default":["10%","50%","100%"],"examples":[["10%","50%","100%"],[1,10,"100%"]]},"maxFailed":{"description":"Failed nodes outside the canary wave that are endured, whatever the cause; one more halts the rollout. A percentage is of the nodes outside the canary list, rounded down.","$ref":"#/definitions/nodeCount","default":"5%","examples":[0,3,"5%"]},"budget":{"$ref":"#/definitions/budget"},"retries":{"$ref":"#/definitions/retries"},"maxChanged":{"description":"Nodes changed in one run, at most, whatever else is allowed; the next run goes on. Without it there is no such limit.","type":"integer","minimum":1,"maximum":1000000,"examples":[100]},"capacity":{"$ref":"#/definitions/capacity"},"pause":{"$ref":"#/definitions/pause"},"deadline":{"description":"The rollout halts this long after it was opened or retried. Without it, never.","$ref":"#/definitions/duration","examples":["3d"]},"approval":{"description":"What a person must approve: the start, all nodes that are no canaries (once), each wave after the canaries.","type":"array","items":{"enum":["start","wide","waves"]},"default":[],"examples":[["wide"],["start","waves"]]},"onNewCommit":{"description":"What happens to a rollout under way when the ref has moved: it is finished first, or a new one takes its place.","enum":["finish","supersede"],"default":"finish","examples":["supersede"]},"expected":{"description":"How long the change of a node is expected to take while nothing was measured. No change begins that would not be over before the window closes.","$ref":"#/definitions/duration","default":"10m","examples":["10m","1h"]}},"examples":[{"soak":"10m","waves":["10%","50%","100%"],"maxFailed":"5%"},{"budget":{"unreachable":"10%"},"capacity":{"fleet":"10%","domains":1},"pause":{"waves":"10m"},"deadline":"3d","approval":["wide"]}]},"ansible":{"title":"Ansible","description":"How ansible-playbook is called.","type":"object","additionalProperties":false,"properties":{"executable":{"description":"Path of the ansible-playbook to use. Without it one is looked for.","$ref":"#/definitions/path","examples":["/opt/ansible/bin/ansible-playbook"]},"forks":{"description":"Nodes worked on at the same time.","type":"integer","minimum":1,"maximum":1000,"default":20,"examples":[50]},"config":{"description":"The ansible.cfg of the playbook repository: use it, with dangerous settings overridden, or ignore it.","enum":["repository","none"],"default":"repository","examples":["none"]},"hangTimeout":{"description":"A node whose task gives no result for this long is cut loose.","$ref":"#/definitions/duration","default":"30m","examples":["30m","2h"]},"connectTimeout":{"description":"How long a connection to a node may take to come up.","$ref":"#/definitions/duration","default":"10s","examples":["10s","1m"]},"diff":{"description":"Keep diffs of what changes. Turn it off where files hold secrets that no no_log covers.","type":"boolean","default":true,"examples":[false]},"extraArgs":{"description":"Further arguments of ansible-playbook. Ones that choose hosts, tags, inventory, playbook or check mode are refused, and so are variables on the command line, which everybody on the machine can read.","type":"array","items":{"type":"string"},"default":[],"examples":[["--private-key","/etc/patchrun/id_ed25519"]]},"vault":{"$ref":"#/definitions/vault"}},"examples":[{"forks":50,"vault":[{"id":"prod","file":"/etc/patchrun/vault-pass"}]}]},"vault":{"title":"Vault","description":"The passwords of Ansible's vault, in the order in which Ansible tries them: files, or scripts that print one. See docs/usage/vault.md.","type":"array","default":[],"items":{"anyOf":[{"title":"VaultFile","description":"A file that holds one password and nothing else.","type":"object","additionalProperties":false,"required":["file"],"properties":{"id":{"description":"The vault id: the label that values encrypted with this password carry.","$ref":"#/definitions/name","default":"default","examples":["prod"]},"file":{"description":"Path of the file. It must not be executable: Ansible would run it.","$ref":"#/definitions/path","examples":["/etc/patchrun/vault-pass"]}},"examples":[{"id":"prod","file":"/etc/patchrun/vault-pass"}]},{"title":"VaultScript","description":"An executable that prints one password. One whose name ends in -client (before a file extension) is given --vault-id and the label.","type":"object","additionalProperties":false,"required":["script"],"properties":{"id":{"description":"The vault id: the label that values encrypted with this password carry.","$ref":"#/definitions/name","default":"default","examples":["prod"]},"script":{"description":"Path of the executable.","$ref":"#/definitions/path","examples":["./vault-keyring-client.sh"]}},"examples":[{"id":"prod","script":"./vault-keyring-client.sh"}]}]},"examples":[[{"id":"prod","file":"/etc/patchrun/vault-pass"}]]},"state":{"title":"State","description":"Where patchrun keeps its journal.","type":"object","additionalProperties":false,"properties":{"directory":{"description":"Directory of the state. Every process that shares the fleet must see the same one.","$ref":"#/definitions/path","default":".patchrun","examples":["/var/lib/patchrun/m3"]},"git":{"description":"Journal, lock and mailbox lie in refs of a git repository instead: machines and CI jobs share them without sharing a file system. The directory then holds what belongs to this machine.","type":"object","additionalProperties":false,"properties":{"repository":{"description":"URL or path of the repository, which this user may push to. Without it, the playbook repository.","type":"string","minLength":1,"maxLength":4096,"examples":["https://git.example.org/ops/patchrun-state.git"]},"ref":{"description":"The refs of the fleet lie below this one. Without it, refs/patchrun/ and the fleet's name.","type":"string","minLength":6,"maxLength":200,"examples":["refs/patchrun/m3"]}},"examples":[{"repository":"https://git.example.org/ops/patchrun-state.git"}]},"lockTimeout":{"description":"How long a lock without a sign of life is held for that of a living process; at least 10s.","$ref":"#/definitions/duration","default":"60s","examples":["60s","5m"]}},"examples":[{"directory":"/var/lib/patchrun/m3"}]},"environment":{"title":"Environment","description":"A named part of the fleet with its own lists. The deny list of the fleet holds here too.","type":"object","additionalProperties":false,"required":["nodes"],"properties":{"nodes":{"title":"EnvironmentNodes","description":"The nodes of the environment; every one must be on the fleet's allow list.","type":"object","additionalProperties":false,"required":["allow","canary"],"properties":{"allow":{"description":"The nodes of the environment.","$ref":"#/definitions/hostList","examples":[["test[01-04]"]]},"deny":{"description":"Nodes that must not be touched here, besides those the fleet denies.","$ref":"#/definitions/hostList","default":[],"examples":[["test04"]]},"canary":{"description":"The nodes touched first.","$ref":"#/definitions/hostList","examples":[["test01"]]}},"examples":[{"allow":["test[01-04]"],"canary":["test01"]}]},"rollout":{"$ref":"#/definitions/rollout"},"drain":{"$ref":"#/definitions/drain"},"playbooks":{"title":"EnvironmentPlaybooks","description":"What differs from the fleet's playbooks.","type":"object","additionalProperties":false,"properties":{"ref":{"description":"Branch, tag or full commit that is rolled out here.","$ref":"#/definitions/ref","examples":["release-2025-11"]},"vars":{"description":"Extra variables here, over those of the fleet.","$ref":"#/definitions/variables","default":{},"examples":[{"target":"compute"}]}},"examples":[{"ref":"release-2025-11"}]},"windows":{"$ref":"#/definitions/windows"},"health":{"$ref":"#/definitions/healthGates"},"notify":{"$ref":"#/definitions/notify"},"after":{"description":"Environments that must have completed the very same commit before this one opens. Without it: the environment that is declared before this one. An empty list: none.","type":"array","items":{"$ref":"#/definitions/name"},"examples":[["test01","test02"],[]]},"soakBefore":{"description":"How long ago they must have completed it, at least.","$ref":"#/definitions/duration","default":"0s","examples":["1h","1d"]},"protected":{"description":"Before a rollout begins here, a person types the name of the environment. --yes says all the same that nobody is asked.","type":"boolean","default":false,"examples":[true]}},"examples":[{"nodes":{"allow":["test[01-04]"],"canary":["test01"]},"rollout":{"soak":"0s"}}]},"budget":{"title":"Budget","description":"Failed nodes outside the canary wave that are endured, by cause. A cause that is not named has no budget of its own; rollout.maxFailed counts them all.","type":"object","additionalProperties":false,"properties":{"failed":{"description":"Nodes on which a task failed.","$ref":"#/definitions/nodeCount","examples":[3,"5%"]},"unreachable":{"description":"Nodes that could not be reached, or hung.","$ref":"#/definitions/nodeCount","examples":["10%"]},"notConverged":{"description":"Nodes that would change again after they were changed.","$ref":"#/definitions/nodeCount","examples":[0]}},"examples":[{"failed":3,"unreachable":"10%","notConverged":0}]},"retries":{"title":"Retries","description":"How often a node that failed is tried again before it is quarantined. The wait doubles from one attempt to the next.","type":"object","additionalProperties":false,"properties":{"attempts":{"description":"Attempts in all, the first one included.","type":"integer","minimum":1,"maximum":100,"default":5,"examples":[1,5]},"backoff":{"description":"Wait before the second attempt.","$ref":"#/definitions/duration","default":"1m","examples":["1m"]},"longest":{"description":"Longest wait between two attempts.","$ref":"#/definitions/duration","default":"30m","examples":["30m"]}},"examples":[{"attempts":5,"backoff":"1m","longest":"30m"}]},"capacity":{"title":"Capacity","description":"How many nodes may be out at once, at most, counting those that were out before. A percentage is of the nodes of the scope, rounded down, and never below one node.","type":"object","additionalProperties":false,"properties":{"fleet":{"description":"Of all nodes of the environment.","$ref":"#/definitions/waveSize","examples":["10%",5]},"groups":{"description":"Of the nodes of a group.","type":"object","additionalProperties":{"$ref":"#/definitions/waveSize"},"default":{},"examples":[{"compute":5}]},"partitions":{"description":"Of the nodes of a partition, as declared under partitions or known to the scheduler.","type":"object","additionalProperties":{"$ref":"#/definitions/waveSize"},"default":{},"examples":[{"batch":"10%"}]},"domains":{"description":"Of the nodes of each failure domain.","$ref":"#/definitions/waveSize","examples":[1]}},"examples":[{"fleet":"10%","groups":{"compute":5},"domains":1}]},"pause":{"title":"Pause","description":"Waits on the way.","type":"object","additionalProperties":false,"properties":{"nodes":{"description":"Wait between the changes of two nodes, which then go one by one.","$ref":"#/definitions/duration","default":"0s","examples":["30s"]},"waves":{"description":"Wait before each wave after the canaries.","$ref":"#/definitions/duration","default":"0s","examples":["10m"]}},"examples":[{"nodes":"30s","waves":"10m"}]},"weekdays":{"title":"Weekdays","description":"A day or a range of days, by their first three letters: \"mon\", \"sat-sun\".","type":"string","pattern":"^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$","examples":["mon-fri","sat"]},"day":{"title":"Day","description":"A date, or a date and a time of the clock on the wall: \"2026-12-18\", \"2026-12-18T12:00\".","type":"string","pattern":"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9])?$","examples":["2026-12-18","2026-12-01T12:00"]},"window":{"title":"Window","description":"A time in which changes may begin, on each of the days.","type":"object","additionalProperties":false,"required":["from","to"],"properties":{"days":{"description":"The days on which it opens.","type":"array","minItems":1,"items":{"$ref":"#/definitions/weekdays"},"default":["mon-sun"],"examples":[["mon-thu"],["sat","sun"]]},"from":{"description":"When it opens, by the clock on the wall: \"08:00\".","type":"string","pattern":"^([01][0-9]|2[0-3]):[0-5][0-9]$","examples":["08:00","22:00"]},"to":{"description":"When it closes, up to \"24:00\". A time before \"from\" is one of the next day.","type":"string","pattern":"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$","examples":["15:00","24:00","06:00"]}},"examples":[{"days":["mon-thu"],"from":"08:00","to":"15:00"}]},"freeze":{"title":"FreezeTime","description":"A time in which no change may begin.","type":"object","additionalProperties":false,"required":["from","to","reason"],"properties":{"from":{"description":"First day, or the moment at which it begins.","$ref":"#/definitions/day","examples":["2026-12-18","2026-12-01T12:00"]},"to":{"description":"Last day, which belongs to it, or the moment at which it ends.","$ref":"#/definitions/day","examples":["2027-01-04","2026-12-01T18:00"]},"reason":{"description":"Why, as status shows it.","type":"string","minLength":1,"maxLength":200,"examples":["Christmas"]}},"examples":[{"from":"2026-12-18","to":"2027-01-04","reason":"Christmas"}]},"windows":{"title":"Windows","description":"When changes may begin. Without it, always. An environment may set single fields anew.","type":"object","additionalProperties":false,"properties":{"zone":{"description":"IANA time zone in which days and times are meant.","type":"string","minLength":1,"maxLength":64,"default":"UTC","examples":["Europe/Oslo"]},"open":{"description":"The windows. Without one it is always open, but for the freezes.","type":"array","items":{"$ref":"#/definitions/window"},"default":[],"examples":[[{"days":["mon-thu"],"from":"08:00","to":"15:00"}]]},"freeze":{"description":"Times in which no change may begin, whatever the windows say.","type":"array","items":{"$ref":"#/definitions/freeze"},"default":[],"examples":[[{"from":"2026-12-18","to":"2027-01-04","reason":"Christmas"}]]},"calendar":{"description":"Path of an iCalendar file. Every event in it is a freeze; its summary is the reason. Read afresh at every pass.","$ref":"#/definitions/path","examples":["freezes.ics"]}},"examples":[{"zone":"Europe/Oslo","open":[{"days":["mon-thu"],"from":"08:00","to":"15:00"}],"calendar":"freezes.ics"}]},"healthGate":{"title":"Health","description":"An Ansible role that must pass before the rollout goes on.","type":"object","additionalProperties":false,"required":["name","role"],"properties":{"name":{"description":"Name of the gate, as status shows it.","$ref":"#/definitions/name","examples":["storage"]},"role":{"description":"Name of the role: one of the playbook repository, one of a collection, or one that comes with patchrun.","type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9_./-]{0,254}$","examples":["ready_checklist","example.cluster.storage_check"]},"at":{"description":"When it is asked: before a rollout, after the canaries, between waves, at the end; with visit, on each node that was drained, before it is given back.","type":"array","minItems":1,"items":{"enum":["start","canaries","waves","visit","end"]},"default":["start","canaries","waves","end"],"examples":[["start","end"],["visit"]]},"vars":{"description":"Variables of the role.","$ref":"#/definitions/variables","default":{},"examples":[{"mounts":["/scratch"]}]}},"examples":[{"name":"storage","role":"ready_checklist","at":["start","canaries"],"vars":{"ready_mounts":["/scratch"]}}]},"healthGates":{"title":"HealthGates","description":"Health gates: Ansible roles that must pass before the rollout goes on. Those of an environment stand in place of the fleet's.","type":"array","items":{"$ref":"#/definitions/healthGate"},"examples":[[{"name":"storage","role":"ready_checklist"}]]},"partitions":{"title":"Partitions","description":"Partitions of the scheduler and the nodes in them. Nodes that are not permitted are left out.","type":"object","propertyNames":{"$ref":"#/definitions/name"},"additionalProperties":{"$ref":"#/definitions/hostExpressions"},"examples":[{"batch":["node[01-60]"],"gpu":["node[51-60]"]}]},"roleName":{"title":"RoleName","description":"Name of an Ansible role: one of the playbook repository, one of a collection (three words with dots), or one that comes with patchrun.","type":"string","maxLength":255,"pattern":"^([A-Za-z0-9_][A-Za-z0-9_-]*|[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){2,})$"},"scheduler":{"title":"SchedulerDeclared","description":"The workload manager whose nodes these are. Without it nothing is drained, and nodes that need a DrainChange wait.","type":"object","additionalProperties":false,"required":["type"],"properties":{"type":{"description":"Which workload manager it is.","enum":["slurm"],"examples":["slurm"]},"nodes":{"description":"The nodes that it has. Without it all nodes of the fleet that no other scheduler names.","$ref":"#/definitions/hostExpressions","examples":[["node[01-60]"]]},"controller":{"description":"Host on which its commands run (scontrol, squeue, sbatch), as a user who may drain nodes. It need not be on a list, and must not be on deny.","type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9._-]{0,252}$","default":"localhost","examples":["ctl","slurm.example.org"]},"controllerVars":{"description":"Connection variables of that host, over what inventory.source says of it.","$ref":"#/definitions/variables","default":{},"examples":[{"ansible_user":"slurm-admin"}]},"names":{"description":"What the scheduler calls a node: its whole name, or that up to the first dot.","enum":["full","short"],"default":"full","examples":["short"]},"every":{"description":"How often it is asked while something waits for it; at least 1s.","$ref":"#/definitions/duration","default":"30s","examples":["30s","2m"]},"feature":{"description":"Beginning of the node feature that tells the commit; its first 12 digits follow. Without it no feature is set. Letters, digits, '_' and '.', a letter or '_' first.","type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_.]{0,62}$","examples":["patchrun_"]},"roles":{"$ref":"#/definitions/schedulerRoles"},"vars":{"description":"Further variables of these roles.","$ref":"#/definitions/variables","default":{},"examples":[{"slurm_bin":"/opt/slurm/bin"}]}},"examples":[{"type":"slurm","controller":"ctl","names":"short"}]},"schedulers":{"title":"SchedulersDeclared","description":"Several workload managers, by a name of your own, each for some of the nodes; in place of scheduler. A node belongs to one of them at most.","type":"object","minProperties":1,"propertyNames":{"$ref":"#/definitions/name"},"additionalProperties":{"$ref":"#/definitions/scheduler"},"examples":[{"old":{"type":"slurm","controller":"ctl1","nodes":["node[01-30]"]},"new":{"type":"slurm","controller":"ctl2","nodes":["node[31-60]"]}}]},"schedulerRoles":{"title":"SchedulerRoleNames","description":"The Ansible role of each step. A site may bring its own.","type":"object","additionalProperties":false,"properties":{"observe":{"description":"Tells the nodes, jobs and reservations.","$ref":"#/definitions/roleName","default":"slurm_observe","examples":["slurm_observe","site.cluster.observe"]},"drain":{"description":"Takes nodes out of scheduling.","$ref":"#/definitions/roleName","default":"slurm_drain","examples":["slurm_drain","site.cluster.drain"]},"release":{"description":"Gives nodes back.","$ref":"#/definitions/roleName","default":"slurm_release","examples":["slurm_release","site.cluster.release"]},"reboot":{"description":"Reboots a node where that is asked for, and waits until it is back.","$ref":"#/definitions/roleName","default":"node_reboot","examples":["node_reboot","site.cluster.node_reboot"]},"test":{"description":"Runs a test job on one node before users get it back.","$ref":"#/definitions/roleName","default":"slurm_test_job","examples":["slurm_test_job","site.cluster.test_job"]}},"examples":[{"test":"our_test_job"}]},"drain":{"title":"Drain","description":"How nodes are emptied, changed and given back. Needs a scheduler. An environment may set single fields anew.","type":"object","additionalProperties":false,"properties":{"atOnce":{"description":"Nodes that patchrun keeps drained at once, at most, beside all other limits. A percentage is of all nodes of the environment, rounded down, and never below one node.","$ref":"#/definitions/waveSize","default":"10%","examples":["10%",4]},"timeout":{"description":"How long a drain may take to empty its node before onTimeout decides.","$ref":"#/definitions/duration","default":"24h","examples":["24h","3d"]},"onTimeout":{"description":"What then happens: wait on; release the node at once and try again later; wait on and ask a person.","enum":["wait","release","ask"],"default":"wait","examples":["release"]},"foreign":{"description":"Nodes that somebody else drained or set down: leave them alone, or patch them once they are empty. They are never released.","enum":["leave","patch"],"default":"leave","examples":["patch"]},"reservations":{"description":"Nodes in a maintenance reservation of the site that holds nobody's jobs: patch them and give them back into it, or leave them alone.","enum":["join","leave"],"default":"join","examples":["leave"]},"hotFirst":{"description":"Apply the HotChange part of a node that needs a drain beforehand, under load.","type":"boolean","default":false,"examples":[true]},"reboot":{"description":"When a drained node is rebooted: when it or the play asks for it, once in every visit, never.","enum":["auto","always","never"],"default":"auto","examples":["always"]},"rebootTimeout":{"description":"A node that is not back this long after its reboot has failed.","$ref":"#/definitions/duration","default":"15m","examples":["15m","40m"]},"test":{"description":"Run a test job on exactly that node before users get it back.","type":"boolean","default":true,"examples":[false]}},"examples":[{"atOnce":"10%","timeout":"24h","onTimeout":"wait"}]},"runsOn":{"title":"RunsOn","description":"Hypervisors and the nodes that run on them. A hypervisor and its nodes go out together in one visit. All of them must be allowed, and in the same environment.","type":"object","additionalProperties":{"$ref":"#/definitions/hostExpressions"},"examples":[{"hyp01":["node[01-04]"]}]},"secretSource":{"title":"SecretSource","description":"Where a secret is found when it is needed. The secret itself never stands in this file, unless it is encrypted.","anyOf":[{"title":"SecretOfEnvironment","description":"A variable of the environment that patchrun runs in.","type":"object","additionalProperties":false,"required":["env"],"properties":{"env":{"description":"Name of the variable.","type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]{0,254}$","examples":["PATCHRUN_SLACK"]}},"examples":[{"env":"PATCHRUN_SLACK"}]},{"title":"SecretOfFile","description":"A file that holds the secret and nothing else. A line end after it does not count.","type":"object","additionalProperties":false,"required":["file"],"properties":{"file":{"description":"Path of the file; a relative one is taken from the directory of this file.","$ref":"#/definitions/path","examples":["/etc/patchrun/slack"]}},"examples":[{"file":"/etc/patchrun/slack"}]},{"title":"SecretOfVault","description":"The secret itself, encrypted with Ansible's vault: a !vault value. Ansible opens it when it is needed.","type":"object","additionalProperties":false,"required":["__ansible_vault"],"properties":{"__ansible_vault":{"description":"The encrypted text, as ansible-vault encrypt_string prints it.","type":"string","examples":["$ANSIBLE_VAULT;1.1;AES256\n3366..."]}},"examples":[{"__ansible_vault":"$ANSIBLE_VAULT;1.1;AES256\n3366..."}]}],"examples":[{"env":"PATCHRUN_SLACK"},{"file":"/etc/patchrun/slack"}]},"notifyTarget":{"title":"NotifyTarget","description":"Somebody who is told: Slack, or a webhook of your own.","type":"object","additionalProperties":false,"properties":{"slack":{"description":"The URL of an incoming webhook of Slack. It is a secret: whoever has it can write there.","$ref":"#/definitions/secretSource","examples":[{"env":"PATCHRUN_SLACK"}]},"webhook":{"title":"Webhook","description":"Each message is posted as JSON (schemas/notification.schema.json), signed as Standard Webhooks has it.","type":"object","additionalProperties":false,"required":["url","secret"],"properties":{"url":{"description":"Where it is posted to: an https URL, http on this machine only. One that holds a secret comes from the environment or a file.","anyOf":[{"title":"WebhookUrl","type":"string","minLength":1,"maxLength":2048},{"$ref":"#/definitions/secretSource"}],"examples":["https://desk.example.org/hooks/patchrun",{"env":"DESK_URL"}]},"secret":{"description":"The key that messages are signed with (HMAC-SHA256). One that begins with whsec_ is read as base64.","$ref":"#/definitions/secretSource","examples":[{"file":"/etc/patchrun/desk.key"}]}},"examples":[{"url":"https://desk.example.org/hooks/patchrun","secret":{"file":"/etc/patchrun/desk.key"}}]},"on":{"description":"What is told; without it, all.","type":"array","minItems":1,"items":{"enum":["started","canary-passed","halted","waiting-approval","quarantined","done","rolled-back"]},"default":["started","canary-passed","halted","waiting-approval","quarantined","done","rolled-back"],"examples":[["halted","waiting-approval","quarantined"]]}},"examples":[{"slack":{"env":"PATCHRUN_SLACK"},"on":["halted","waiting-approval","quarantined"]}]},"notify":{"title":"Notify","description":"Who is told what a rollout does, by a name of your choice. The targets of an environment stand in place of the fleet's.","type":"object","propertyNames":{"$ref":"#/definitions/name"},"additionalProperties":{"$ref":"#/definitions/notifyTarget"},"examples":[{"ops":{"slack":{"env":"PATCHRUN_SLACK"}},"desk":{"webhook":{"url":"https://desk.example.org/hooks/patchrun","secret":{"file":"/etc/patchrun/desk.key"}}}}]}}};
const schema12 = {"title":"Name","type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"};
const func2 = Object.prototype.hasOwnProperty;
const pattern0 = new RegExp("^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$", "u");
const schema13 = {"title":"Playbooks","description":"The Ansible playbook repository whose commits are rolled out.","type":"object","additionalProperties":false,"required":["repository"],"properties":{"repository":{"description":"URL of the git repository, or path of a local one.","type":"string","minLength":1,"maxLength":4096,"pattern":"^[^-]","examples":["./playbooks","git@git.example.org:hpc/playbooks.git"]},"ref":{"description":"Branch, tag or full commit that is rolled out.","$ref":"#/definitions/ref","default":"main","examples":["main","release-2025-11"]},"playbook":{"description":"Path of the playbook within the repository.","$ref":"#/definitions/path","default":"site.yml","examples":["site.yml","playbooks/compute.yml"]},"submodules":{"description":"Check submodules out too.","type":"boolean","default":true,"examples":[false]},"lfs":{"description":"What becomes of files that are kept in Git LFS, where its filters are not set up for this user: refuse the commit, name them and roll out the pointers as they are, or fetch them with git-lfs (not in submodules).","enum":["refuse","name","fetch"],"default":"refuse","examples":["fetch"]},"requirements":{"description":"Install the roles and collections that requirements.yml of the commit names (also in roles/ and collections/), for its runs only. Each entry names one exact version.","type":"boolean","default":false,"examples":[true]},"vars":{"description":"Extra variables of every run of Ansible, over all others, as with -e. They reach Ansible in a file.","$ref":"#/definitions/variables","default":{},"examples":[{"target":"compute"}]}},"examples":[{"repository":"./playbooks","ref":"main","playbook":"site.yml"}]};
const schema14 = {"title":"Ref","type":"string","pattern":"^[A-Za-z0-9_./][A-Za-z0-9_./+@#-]{0,250}$"};
const schema15 = {"title":"Path","type":"string","minLength":1,"maxLength":4096};
const func3 = (text) => [...text].length;
const pattern1 = new RegExp("^[^-]", "u");
const pattern2 = new RegExp("^[A-Za-z0-9_./][A-Za-z0-9_./+@#-]{0,250}$", "u");
const schema16 = {"title":"Variables","description":"Ansible variables: a name and any value. YAML 1.2 is read, so yes and no stay words; write true and false. A value may be a !vault value.","type":"object","not":{"required":["__ansible_vault"],"properties":{"__ansible_vault":{}}},"propertyNames":{"$ref":"#/definitions/variableName"},"additionalProperties":true};
const schema17 = {"type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]*$"};
const pattern3 = new RegExp("^[A-Za-z_][A-Za-z0-9_]*$", "u");

function validate12(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
const _errs1 = errors;
const _errs2 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.__ansible_vault === undefined) && (missing0 = "__ansible_vault")){
const err0 = {};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
var valid0 = _errs2 === errors;
if(valid0){
const err1 = {instancePath,schemaPath:"#/not",keyword:"not",params:{},message:"must NOT be valid",schema:schema16.not,parentSchema:schema16,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
else {
errors = _errs1;
if(vErrors !== null){
if(_errs1){
vErrors.length = _errs1;
}
else {
vErrors = null;
}
}
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
const _errs3 = errors;
if(typeof key0 === "string"){
if(!pattern3.test(key0)){
const err2 = {instancePath,schemaPath:"#/definitions/variableName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"},message:"must match pattern \""+"^[A-Za-z_][A-Za-z0-9_]*$"+"\"",schema:"^[A-Za-z_][A-Za-z0-9_]*$",parentSchema:schema17,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath,schemaPath:"#/definitions/variableName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.type,parentSchema:schema17,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
var valid1 = _errs3 === errors;
if(!valid1){
const err4 = {instancePath,schemaPath:"#/propertyNames",keyword:"propertyNames",params:{propertyName: key0},message:"property name must be valid",schema:schema16.propertyNames,parentSchema:schema16,data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
else {
const err5 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema16.type,parentSchema:schema16,data};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
validate12.errors = vErrors;
return errors === 0;
}


function validate11(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.repository === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "repository"},message:"must have required property '"+"repository"+"'",schema:schema13.required,parentSchema:schema13,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(((((((key0 === "repository") || (key0 === "ref")) || (key0 === "playbook")) || (key0 === "submodules")) || (key0 === "lfs")) || (key0 === "requirements")) || (key0 === "vars"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema13,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.repository !== undefined){
let data0 = data.repository;
if(typeof data0 === "string"){
if(func3(data0) > 4096){
const err2 = {instancePath:instancePath+"/repository",schemaPath:"#/properties/repository/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema13.properties.repository,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(func3(data0) < 1){
const err3 = {instancePath:instancePath+"/repository",schemaPath:"#/properties/repository/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema13.properties.repository,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!pattern1.test(data0)){
const err4 = {instancePath:instancePath+"/repository",schemaPath:"#/properties/repository/pattern",keyword:"pattern",params:{pattern: "^[^-]"},message:"must match pattern \""+"^[^-]"+"\"",schema:"^[^-]",parentSchema:schema13.properties.repository,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/repository",schemaPath:"#/properties/repository/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema13.properties.repository.type,parentSchema:schema13.properties.repository,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.ref !== undefined){
let data1 = data.ref;
if(typeof data1 === "string"){
if(!pattern2.test(data1)){
const err6 = {instancePath:instancePath+"/ref",schemaPath:"#/definitions/ref/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_./][A-Za-z0-9_./+@#-]{0,250}$"},message:"must match pattern \""+"^[A-Za-z0-9_./][A-Za-z0-9_./+@#-]{0,250}$"+"\"",schema:"^[A-Za-z0-9_./][A-Za-z0-9_./+@#-]{0,250}$",parentSchema:schema14,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/ref",schemaPath:"#/definitions/ref/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema14.type,parentSchema:schema14,data:data1};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.playbook !== undefined){
let data2 = data.playbook;
if(typeof data2 === "string"){
if(func3(data2) > 4096){
const err8 = {instancePath:instancePath+"/playbook",schemaPath:"#/definitions/path/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema15,data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(func3(data2) < 1){
const err9 = {instancePath:instancePath+"/playbook",schemaPath:"#/definitions/path/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema15,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/playbook",schemaPath:"#/definitions/path/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema15.type,parentSchema:schema15,data:data2};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.submodules !== undefined){
let data3 = data.submodules;
if(typeof data3 !== "boolean"){
const err11 = {instancePath:instancePath+"/submodules",schemaPath:"#/properties/submodules/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema13.properties.submodules.type,parentSchema:schema13.properties.submodules,data:data3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.lfs !== undefined){
let data4 = data.lfs;
if(!(((data4 === "refuse") || (data4 === "name")) || (data4 === "fetch"))){
const err12 = {instancePath:instancePath+"/lfs",schemaPath:"#/properties/lfs/enum",keyword:"enum",params:{allowedValues: schema13.properties.lfs.enum},message:"must be equal to one of the allowed values",schema:schema13.properties.lfs.enum,parentSchema:schema13.properties.lfs,data:data4};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.requirements !== undefined){
let data5 = data.requirements;
if(typeof data5 !== "boolean"){
const err13 = {instancePath:instancePath+"/requirements",schemaPath:"#/properties/requirements/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema13.properties.requirements.type,parentSchema:schema13.properties.requirements,data:data5};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data.vars !== undefined){
if(!(validate12(data.vars, {instancePath:instancePath+"/vars",parentData:data,parentDataProperty:"vars",rootData}))){
vErrors = vErrors === null ? validate12.errors : vErrors.concat(validate12.errors);
errors = vErrors.length;
}
}
}
else {
const err14 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema13.type,parentSchema:schema13,data};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
validate11.errors = vErrors;
return errors === 0;
}

const schema18 = {"title":"Nodes","description":"Which nodes patchrun may touch (allow), must never touch (deny), and touches first (canary).","type":"object","additionalProperties":false,"required":["allow"],"properties":{"allow":{"description":"The nodes patchrun may touch. Never empty.","$ref":"#/definitions/hostList","examples":[["node[01-06]"]]},"deny":{"description":"The nodes patchrun must never touch, in no environment. A node that is also on allow or canary is a contradiction, and nothing is started.","$ref":"#/definitions/hostList","default":[],"examples":[["db[1-2]"]]},"canary":{"description":"The nodes touched first; each must be allowed. At least one, unless environments declare their own.","$ref":"#/definitions/hostList","examples":[["node[01-02]"]]}},"examples":[{"allow":["node[01-06]"],"deny":["db[1-2]"],"canary":["node[01-02]"]}]};
const schema19 = {"title":"HostList","description":"Host expressions and sources, put together in order. An expression that begins with \"!\" takes nodes out of what stands before it. No node may come twice.","type":"array","items":{"anyOf":[{"$ref":"#/definitions/hostExpression"},{"title":"FileSource","description":"A text file with one host expression a line; # begins a comment. Read afresh at every pass.","type":"object","additionalProperties":false,"required":["file"],"properties":{"file":{"description":"Path of the file.","$ref":"#/definitions/path","examples":["lists/compute.txt"]}},"examples":[{"file":"lists/compute.txt"}]},{"title":"CommandSource","description":"A command that prints such lines, run in the directory of this file without a shell, for at most a minute. Run afresh at every pass.","type":"object","additionalProperties":false,"required":["command"],"properties":{"command":{"description":"The program and its arguments.","type":"array","minItems":1,"items":{"type":"string"},"examples":[["sinfo","-h","-N","-o","%N","-p","compute"]]}},"examples":[{"command":["sinfo","-h","-N","-o","%N","-p","compute"]}]},{"title":"InventorySource","description":"The hosts of an existing Ansible inventory, asked through ansible-inventory at every pass.","type":"object","additionalProperties":false,"required":["inventory"],"properties":{"inventory":{"description":"Path of the inventory: a file, a directory or a script.","$ref":"#/definitions/path","examples":["inventory/hosts.ini"]},"group":{"description":"Take only this group, with its child groups.","type":"string","minLength":1,"default":"all","examples":["compute"]}},"examples":[{"inventory":"inventory/hosts.ini","group":"compute"}]}]},"examples":[["node[01-06]"],[{"file":"lists/compute.txt"},"!node03"]]};
const schema20 = {"title":"HostExpression","description":"Nodes as Slurm and ClusterShell write them. See docs/usage/host-expressions.md.","type":"string","minLength":1,"examples":["node[01-06]","m3a[001-120,130]","r[1-4]n[01-32]!r2n07","!node03"]};

function validate16(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
let data0 = data[i0];
const _errs2 = errors;
let valid2 = false;
const _errs3 = errors;
if(typeof data0 === "string"){
if(func3(data0) < 1){
const err0 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/hostExpression/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema20,data:data0};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/hostExpression/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema20.type,parentSchema:schema20,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
var _valid0 = _errs3 === errors;
valid2 = valid2 || _valid0;
if(!valid2){
const _errs6 = errors;
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.file === undefined){
const err2 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/1/required",keyword:"required",params:{missingProperty: "file"},message:"must have required property '"+"file"+"'",schema:schema19.items.anyOf[1].required,parentSchema:schema19.items.anyOf[1],data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
for(const key0 in data0){
if(!(key0 === "file")){
const err3 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/1/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema19.items.anyOf[1],data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data0.file !== undefined){
let data1 = data0.file;
if(typeof data1 === "string"){
if(func3(data1) > 4096){
const err4 = {instancePath:instancePath+"/" + i0+"/file",schemaPath:"#/definitions/path/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema15,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(func3(data1) < 1){
const err5 = {instancePath:instancePath+"/" + i0+"/file",schemaPath:"#/definitions/path/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema15,data:data1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/" + i0+"/file",schemaPath:"#/definitions/path/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema15.type,parentSchema:schema15,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
else {
const err7 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/1/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema19.items.anyOf[1].type,parentSchema:schema19.items.anyOf[1],data:data0};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
var _valid0 = _errs6 === errors;
valid2 = valid2 || _valid0;
if(!valid2){
const _errs12 = errors;
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.command === undefined){
const err8 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/2/required",keyword:"required",params:{missingProperty: "command"},message:"must have required property '"+"command"+"'",schema:schema19.items.anyOf[2].required,parentSchema:schema19.items.anyOf[2],data:data0};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
for(const key1 in data0){
if(!(key1 === "command")){
const err9 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/2/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema19.items.anyOf[2],data:data0};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data0.command !== undefined){
let data2 = data0.command;
if(Array.isArray(data2)){
if(data2.length < 1){
const err10 = {instancePath:instancePath+"/" + i0+"/command",schemaPath:"#/items/anyOf/2/properties/command/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema19.items.anyOf[2].properties.command,data:data2};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
const len1 = data2.length;
for(let i1=0; i1<len1; i1++){
let data3 = data2[i1];
if(typeof data3 !== "string"){
const err11 = {instancePath:instancePath+"/" + i0+"/command/" + i1,schemaPath:"#/items/anyOf/2/properties/command/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema19.items.anyOf[2].properties.command.items.type,parentSchema:schema19.items.anyOf[2].properties.command.items,data:data3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
}
else {
const err12 = {instancePath:instancePath+"/" + i0+"/command",schemaPath:"#/items/anyOf/2/properties/command/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema19.items.anyOf[2].properties.command.type,parentSchema:schema19.items.anyOf[2].properties.command,data:data2};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
else {
const err13 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/2/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema19.items.anyOf[2].type,parentSchema:schema19.items.anyOf[2],data:data0};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
var _valid0 = _errs12 === errors;
valid2 = valid2 || _valid0;
if(!valid2){
const _errs19 = errors;
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.inventory === undefined){
const err14 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/3/required",keyword:"required",params:{missingProperty: "inventory"},message:"must have required property '"+"inventory"+"'",schema:schema19.items.anyOf[3].required,parentSchema:schema19.items.anyOf[3],data:data0};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
for(const key2 in data0){
if(!((key2 === "inventory") || (key2 === "group"))){
const err15 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/3/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema19.items.anyOf[3],data:data0};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data0.inventory !== undefined){
let data4 = data0.inventory;
if(typeof data4 === "string"){
if(func3(data4) > 4096){
const err16 = {instancePath:instancePath+"/" + i0+"/inventory",schemaPath:"#/definitions/path/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema15,data:data4};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(func3(data4) < 1){
const err17 = {instancePath:instancePath+"/" + i0+"/inventory",schemaPath:"#/definitions/path/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema15,data:data4};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/" + i0+"/inventory",schemaPath:"#/definitions/path/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema15.type,parentSchema:schema15,data:data4};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data0.group !== undefined){
let data5 = data0.group;
if(typeof data5 === "string"){
if(func3(data5) < 1){
const err19 = {instancePath:instancePath+"/" + i0+"/group",schemaPath:"#/items/anyOf/3/properties/group/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema19.items.anyOf[3].properties.group,data:data5};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/" + i0+"/group",schemaPath:"#/items/anyOf/3/properties/group/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema19.items.anyOf[3].properties.group.type,parentSchema:schema19.items.anyOf[3].properties.group,data:data5};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
}
else {
const err21 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/3/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema19.items.anyOf[3].type,parentSchema:schema19.items.anyOf[3],data:data0};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
var _valid0 = _errs19 === errors;
valid2 = valid2 || _valid0;
}
}
}
if(!valid2){
const err22 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema19.items.anyOf,parentSchema:schema19.items,data:data0};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
else {
errors = _errs2;
if(vErrors !== null){
if(_errs2){
vErrors.length = _errs2;
}
else {
vErrors = null;
}
}
}
}
}
else {
const err23 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema19.type,parentSchema:schema19,data};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
validate16.errors = vErrors;
return errors === 0;
}


function validate15(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.allow === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "allow"},message:"must have required property '"+"allow"+"'",schema:schema18.required,parentSchema:schema18,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "allow") || (key0 === "deny")) || (key0 === "canary"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema18,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.allow !== undefined){
if(!(validate16(data.allow, {instancePath:instancePath+"/allow",parentData:data,parentDataProperty:"allow",rootData}))){
vErrors = vErrors === null ? validate16.errors : vErrors.concat(validate16.errors);
errors = vErrors.length;
}
}
if(data.deny !== undefined){
if(!(validate16(data.deny, {instancePath:instancePath+"/deny",parentData:data,parentDataProperty:"deny",rootData}))){
vErrors = vErrors === null ? validate16.errors : vErrors.concat(validate16.errors);
errors = vErrors.length;
}
}
if(data.canary !== undefined){
if(!(validate16(data.canary, {instancePath:instancePath+"/canary",parentData:data,parentDataProperty:"canary",rootData}))){
vErrors = vErrors === null ? validate16.errors : vErrors.concat(validate16.errors);
errors = vErrors.length;
}
}
}
else {
const err2 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema18.type,parentSchema:schema18,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
validate15.errors = vErrors;
return errors === 0;
}

const schema23 = {"title":"Inventory","description":"Groups and variables of the nodes, for the inventory that patchrun generates. Only permitted nodes come into it.","type":"object","additionalProperties":false,"properties":{"source":{"description":"An existing Ansible inventory to take groups and variables from, asked through ansible-inventory at every pass. What is declared here goes over what it says.","$ref":"#/definitions/path","examples":["inventory/hosts.ini"]},"localhost":{"description":"Plays for localhost alone, the machine that patchrun runs on: skip leaves them out and names them; run looks at them and applies them once a step, beside the nodes. A DrainChange is refused there.","enum":["skip","run"],"default":"skip","examples":["run"]},"groups":{"description":"Groups and the nodes in them. Nodes that are not permitted are left out.","type":"object","additionalProperties":{"$ref":"#/definitions/hostExpressions"},"default":{},"examples":[{"compute":["node[01-06]"]}]},"vars":{"description":"Variables of every node (group all).","$ref":"#/definitions/variables","default":{},"examples":[{"ntp_server":"ntp.example.org"}]},"groupVars":{"description":"Variables of a group that is declared here or in the source.","type":"object","additionalProperties":{"$ref":"#/definitions/variables"},"default":{},"examples":[{"compute":{"slurm_role":"compute"}}]},"hostVars":{"description":"Variables of nodes, by host expression. A later entry goes over an earlier one.","type":"object","additionalProperties":{"$ref":"#/definitions/variables"},"default":{},"examples":[{"node[01-06]":{"ansible_user":"root"},"node03":{"ansible_host":"10.0.0.3"}}]}},"examples":[{"source":"inventory/hosts.ini"},{"groups":{"compute":["node[01-06]"]},"vars":{"ansible_user":"root"}}]};
const schema25 = {"title":"HostExpressions","type":"array","items":{"$ref":"#/definitions/hostExpression"}};

function validate22(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
let data0 = data[i0];
if(typeof data0 === "string"){
if(func3(data0) < 1){
const err0 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/hostExpression/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema20,data:data0};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/hostExpression/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema20.type,parentSchema:schema20,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
}
else {
const err2 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema25.type,parentSchema:schema25,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
validate22.errors = vErrors;
return errors === 0;
}


function validate21(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((((key0 === "source") || (key0 === "localhost")) || (key0 === "groups")) || (key0 === "vars")) || (key0 === "groupVars")) || (key0 === "hostVars"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema23,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.source !== undefined){
let data0 = data.source;
if(typeof data0 === "string"){
if(func3(data0) > 4096){
const err1 = {instancePath:instancePath+"/source",schemaPath:"#/definitions/path/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema15,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(func3(data0) < 1){
const err2 = {instancePath:instancePath+"/source",schemaPath:"#/definitions/path/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema15,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/source",schemaPath:"#/definitions/path/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema15.type,parentSchema:schema15,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.localhost !== undefined){
let data1 = data.localhost;
if(!((data1 === "skip") || (data1 === "run"))){
const err4 = {instancePath:instancePath+"/localhost",schemaPath:"#/properties/localhost/enum",keyword:"enum",params:{allowedValues: schema23.properties.localhost.enum},message:"must be equal to one of the allowed values",schema:schema23.properties.localhost.enum,parentSchema:schema23.properties.localhost,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.groups !== undefined){
let data2 = data.groups;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
for(const key1 in data2){
if(!(validate22(data2[key1], {instancePath:instancePath+"/groups/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data2,parentDataProperty:key1,rootData}))){
vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
errors = vErrors.length;
}
}
}
else {
const err5 = {instancePath:instancePath+"/groups",schemaPath:"#/properties/groups/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema23.properties.groups.type,parentSchema:schema23.properties.groups,data:data2};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.vars !== undefined){
if(!(validate12(data.vars, {instancePath:instancePath+"/vars",parentData:data,parentDataProperty:"vars",rootData}))){
vErrors = vErrors === null ? validate12.errors : vErrors.concat(validate12.errors);
errors = vErrors.length;
}
}
if(data.groupVars !== undefined){
let data5 = data.groupVars;
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
for(const key2 in data5){
if(!(validate12(data5[key2], {instancePath:instancePath+"/groupVars/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data5,parentDataProperty:key2,rootData}))){
vErrors = vErrors === null ? validate12.errors : vErrors.concat(validate12.errors);
errors = vErrors.length;
}
}
}
else {
const err6 = {instancePath:instancePath+"/groupVars",schemaPath:"#/properties/groupVars/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema23.properties.groupVars.type,parentSchema:schema23.properties.groupVars,data:data5};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.hostVars !== undefined){
let data7 = data.hostVars;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
for(const key3 in data7){
if(!(validate12(data7[key3], {instancePath:instancePath+"/hostVars/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data7,parentDataProperty:key3,rootData}))){
vErrors = vErrors === null ? validate12.errors : vErrors.concat(validate12.errors);
errors = vErrors.length;
}
}
}
else {
const err7 = {instancePath:instancePath+"/hostVars",schemaPath:"#/properties/hostVars/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema23.properties.hostVars.type,parentSchema:schema23.properties.hostVars,data:data7};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
else {
const err8 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema23.type,parentSchema:schema23,data};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
validate21.errors = vErrors;
return errors === 0;
}

const schema27 = {"title":"FailureDomains","description":"What fails together: racks, chassis, switches. Declared by name, or taken from groups or from a variable.","anyOf":[{"title":"DomainsFromGroups","description":"Each group whose name fits is a failure domain.","type":"object","additionalProperties":false,"required":["fromGroups"],"properties":{"fromGroups":{"description":"Group names; * stands for any text.","type":"array","minItems":1,"items":{"type":"string","minLength":1},"examples":[["rack*"]]}},"examples":[{"fromGroups":["rack*"]}]},{"title":"DomainsFromVariable","description":"Each value of the variable is a failure domain; a list of values puts a node into several.","type":"object","additionalProperties":false,"required":["fromVariable"],"properties":{"fromVariable":{"description":"Name of a host or group variable.","$ref":"#/definitions/variableName","examples":["rack"]}},"examples":[{"fromVariable":"rack"}]},{"title":"DomainsByName","description":"Names and the nodes in them.","type":"object","minProperties":1,"propertyNames":{"allOf":[{"$ref":"#/definitions/name"},{"not":{"enum":["fromGroups","fromVariable"]}}]},"additionalProperties":{"$ref":"#/definitions/hostExpressions"},"examples":[{"rack1":["node[01-03]"],"rack2":["node[04-06]"]}]}],"examples":[{"fromGroups":["rack*"]}]};

function validate28(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
const _errs0 = errors;
let valid0 = false;
const _errs1 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.fromGroups === undefined){
const err0 = {instancePath,schemaPath:"#/anyOf/0/required",keyword:"required",params:{missingProperty: "fromGroups"},message:"must have required property '"+"fromGroups"+"'",schema:schema27.anyOf[0].required,parentSchema:schema27.anyOf[0],data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(key0 === "fromGroups")){
const err1 = {instancePath,schemaPath:"#/anyOf/0/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema27.anyOf[0],data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.fromGroups !== undefined){
let data0 = data.fromGroups;
if(Array.isArray(data0)){
if(data0.length < 1){
const err2 = {instancePath:instancePath+"/fromGroups",schemaPath:"#/anyOf/0/properties/fromGroups/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema27.anyOf[0].properties.fromGroups,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 === "string"){
if(func3(data1) < 1){
const err3 = {instancePath:instancePath+"/fromGroups/" + i0,schemaPath:"#/anyOf/0/properties/fromGroups/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema27.anyOf[0].properties.fromGroups.items,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/fromGroups/" + i0,schemaPath:"#/anyOf/0/properties/fromGroups/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema27.anyOf[0].properties.fromGroups.items.type,parentSchema:schema27.anyOf[0].properties.fromGroups.items,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
else {
const err5 = {instancePath:instancePath+"/fromGroups",schemaPath:"#/anyOf/0/properties/fromGroups/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema27.anyOf[0].properties.fromGroups.type,parentSchema:schema27.anyOf[0].properties.fromGroups,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
}
else {
const err6 = {instancePath,schemaPath:"#/anyOf/0/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema27.anyOf[0].type,parentSchema:schema27.anyOf[0],data};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
var _valid0 = _errs1 === errors;
valid0 = valid0 || _valid0;
if(!valid0){
const _errs8 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.fromVariable === undefined){
const err7 = {instancePath,schemaPath:"#/anyOf/1/required",keyword:"required",params:{missingProperty: "fromVariable"},message:"must have required property '"+"fromVariable"+"'",schema:schema27.anyOf[1].required,parentSchema:schema27.anyOf[1],data};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
for(const key1 in data){
if(!(key1 === "fromVariable")){
const err8 = {instancePath,schemaPath:"#/anyOf/1/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema27.anyOf[1],data};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.fromVariable !== undefined){
let data2 = data.fromVariable;
if(typeof data2 === "string"){
if(!pattern3.test(data2)){
const err9 = {instancePath:instancePath+"/fromVariable",schemaPath:"#/definitions/variableName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"},message:"must match pattern \""+"^[A-Za-z_][A-Za-z0-9_]*$"+"\"",schema:"^[A-Za-z_][A-Za-z0-9_]*$",parentSchema:schema17,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/fromVariable",schemaPath:"#/definitions/variableName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.type,parentSchema:schema17,data:data2};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
else {
const err11 = {instancePath,schemaPath:"#/anyOf/1/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema27.anyOf[1].type,parentSchema:schema27.anyOf[1],data};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
var _valid0 = _errs8 === errors;
valid0 = valid0 || _valid0;
if(!valid0){
const _errs14 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(Object.keys(data).length < 1){
const err12 = {instancePath,schemaPath:"#/anyOf/2/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties",schema:1,parentSchema:schema27.anyOf[2],data};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
for(const key2 in data){
const _errs16 = errors;
if(typeof key2 === "string"){
if(!pattern0.test(key2)){
const err13 = {instancePath,schemaPath:"#/definitions/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$",parentSchema:schema12,data:key2,propertyName:key2};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath,schemaPath:"#/definitions/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema12.type,parentSchema:schema12,data:key2,propertyName:key2};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
const _errs21 = errors;
const _errs22 = errors;
if(!((key2 === "fromGroups") || (key2 === "fromVariable"))){
const err15 = {};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
var valid9 = _errs22 === errors;
if(valid9){
const err16 = {instancePath,schemaPath:"#/anyOf/2/propertyNames/allOf/1/not",keyword:"not",params:{},message:"must NOT be valid",schema:schema27.anyOf[2].propertyNames.allOf[1].not,parentSchema:schema27.anyOf[2].propertyNames.allOf[1],data:key2,propertyName:key2};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
else {
errors = _errs21;
if(vErrors !== null){
if(_errs21){
vErrors.length = _errs21;
}
else {
vErrors = null;
}
}
}
var valid6 = _errs16 === errors;
if(!valid6){
const err17 = {instancePath,schemaPath:"#/anyOf/2/propertyNames",keyword:"propertyNames",params:{propertyName: key2},message:"property name must be valid",schema:schema27.anyOf[2].propertyNames,parentSchema:schema27.anyOf[2],data};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
for(const key3 in data){
if(!(validate22(data[key3], {instancePath:instancePath+"/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data,parentDataProperty:key3,rootData}))){
vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
errors = vErrors.length;
}
}
}
else {
const err18 = {instancePath,schemaPath:"#/anyOf/2/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema27.anyOf[2].type,parentSchema:schema27.anyOf[2],data};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
var _valid0 = _errs14 === errors;
valid0 = valid0 || _valid0;
}
}
if(!valid0){
const err19 = {instancePath,schemaPath:"#/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema27.anyOf,parentSchema:schema27,data};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
else {
errors = _errs0;
if(vErrors !== null){
if(_errs0){
vErrors.length = _errs0;
}
else {
vErrors = null;
}
}
}
validate28.errors = vErrors;
return errors === 0;
}

const schema30 = {"title":"Partitions","description":"Partitions of the scheduler and the nodes in them. Nodes that are not permitted are left out.","type":"object","propertyNames":{"$ref":"#/definitions/name"},"additionalProperties":{"$ref":"#/definitions/hostExpressions"},"examples":[{"batch":["node[01-60]"],"gpu":["node[51-60]"]}]};

function validate31(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
const _errs1 = errors;
if(typeof key0 === "string"){
if(!pattern0.test(key0)){
const err0 = {instancePath,schemaPath:"#/definitions/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$",parentSchema:schema12,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/definitions/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema12.type,parentSchema:schema12,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
var valid0 = _errs1 === errors;
if(!valid0){
const err2 = {instancePath,schemaPath:"#/propertyNames",keyword:"propertyNames",params:{propertyName: key0},message:"property name must be valid",schema:schema30.propertyNames,parentSchema:schema30,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
for(const key1 in data){
if(!(validate22(data[key1], {instancePath:instancePath+"/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data,parentDataProperty:key1,rootData}))){
vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
errors = vErrors.length;
}
}
}
else {
const err3 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema30.type,parentSchema:schema30,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
validate31.errors = vErrors;
return errors === 0;
}

const schema32 = {"title":"SchedulerDeclared","description":"The workload manager whose nodes these are. Without it nothing is drained, and nodes that need a DrainChange wait.","type":"object","additionalProperties":false,"required":["type"],"properties":{"type":{"description":"Which workload manager it is.","enum":["slurm"],"examples":["slurm"]},"nodes":{"description":"The nodes that it has. Without it all nodes of the fleet that no other scheduler names.","$ref":"#/definitions/hostExpressions","examples":[["node[01-60]"]]},"controller":{"description":"Host on which its commands run (scontrol, squeue, sbatch), as a user who may drain nodes. It need not be on a list, and must not be on deny.","type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9._-]{0,252}$","default":"localhost","examples":["ctl","slurm.example.org"]},"controllerVars":{"description":"Connection variables of that host, over what inventory.source says of it.","$ref":"#/definitions/variables","default":{},"examples":[{"ansible_user":"slurm-admin"}]},"names":{"description":"What the scheduler calls a node: its whole name, or that up to the first dot.","enum":["full","short"],"default":"full","examples":["short"]},"every":{"description":"How often it is asked while something waits for it; at least 1s.","$ref":"#/definitions/duration","default":"30s","examples":["30s","2m"]},"feature":{"description":"Beginning of the node feature that tells the commit; its first 12 digits follow. Without it no feature is set. Letters, digits, '_' and '.', a letter or '_' first.","type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_.]{0,62}$","examples":["patchrun_"]},"roles":{"$ref":"#/definitions/schedulerRoles"},"vars":{"description":"Further variables of these roles.","$ref":"#/definitions/variables","default":{},"examples":[{"slurm_bin":"/opt/slurm/bin"}]}},"examples":[{"type":"slurm","controller":"ctl","names":"short"}]};
const schema33 = {"title":"Duration","description":"A whole number with a unit (ms, s, m, h, d); several are added up.","type":"string","pattern":"^([0-9]{1,9}(ms|s|m|h|d))+$","examples":["90s","10m","1h30m"]};
const schema34 = {"title":"SchedulerRoleNames","description":"The Ansible role of each step. A site may bring its own.","type":"object","additionalProperties":false,"properties":{"observe":{"description":"Tells the nodes, jobs and reservations.","$ref":"#/definitions/roleName","default":"slurm_observe","examples":["slurm_observe","site.cluster.observe"]},"drain":{"description":"Takes nodes out of scheduling.","$ref":"#/definitions/roleName","default":"slurm_drain","examples":["slurm_drain","site.cluster.drain"]},"release":{"description":"Gives nodes back.","$ref":"#/definitions/roleName","default":"slurm_release","examples":["slurm_release","site.cluster.release"]},"reboot":{"description":"Reboots a node where that is asked for, and waits until it is back.","$ref":"#/definitions/roleName","default":"node_reboot","examples":["node_reboot","site.cluster.node_reboot"]},"test":{"description":"Runs a test job on one node before users get it back.","$ref":"#/definitions/roleName","default":"slurm_test_job","examples":["slurm_test_job","site.cluster.test_job"]}},"examples":[{"test":"our_test_job"}]};
const schema35 = {"title":"RoleName","description":"Name of an Ansible role: one of the playbook repository, one of a collection (three words with dots), or one that comes with patchrun.","type":"string","maxLength":255,"pattern":"^([A-Za-z0-9_][A-Za-z0-9_-]*|[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){2,})$"};
const pattern10 = new RegExp("^([A-Za-z0-9_][A-Za-z0-9_-]*|[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){2,})$", "u");

function validate37(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((((key0 === "observe") || (key0 === "drain")) || (key0 === "release")) || (key0 === "reboot")) || (key0 === "test"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema34,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.observe !== undefined){
let data0 = data.observe;
if(typeof data0 === "string"){
if(func3(data0) > 255){
const err1 = {instancePath:instancePath+"/observe",schemaPath:"#/definitions/roleName/maxLength",keyword:"maxLength",params:{limit: 255},message:"must NOT have more than 255 characters",schema:255,parentSchema:schema35,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(!pattern10.test(data0)){
const err2 = {instancePath:instancePath+"/observe",schemaPath:"#/definitions/roleName/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_][A-Za-z0-9_-]*|[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){2,})$"},message:"must match pattern \""+"^([A-Za-z0-9_][A-Za-z0-9_-]*|[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){2,})$"+"\"",schema:"^([A-Za-z0-9_][A-Za-z0-9_-]*|[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){2,})$",parentSchema:schema35,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/observe",schemaPath:"#/definitions/roleName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.type,parentSchema:schema35,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.drain !== undefined){
let data1 = data.drain;
if(typeof data1 === "string"){
if(func3(data1) > 255){
const err4 = {instancePath:instancePath+"/drain",schemaPath:"#/definitions/roleName/maxLength",keyword:"maxLength",params:{limit: 255},message:"must NOT have more than 255 characters",schema:255,parentSchema:schema35,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(!pattern10.test(data1)){
const err5 = {instancePath:instancePath+"/drain",schemaPath:"#/definitions/roleName/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_][A-Za-z0-9_-]*|[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){2,})$"},message:"must match pattern \""+"^([A-Za-z0-9_][A-Za-z0-9_-]*|[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){2,})$"+"\"",schema:"^([A-Za-z0-9_][A-Za-z0-9_-]*|[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){2,})$",parentSchema:schema35,data:data1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/drain",schemaPath:"#/definitions/roleName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.type,parentSchema:schema35,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.release !== undefined){
let data2 = data.release;
if(typeof data2 === "string"){
if(func3(data2) > 255){
const err7 = {instancePath:instancePath+"/release",schemaPath:"#/definitions/roleName/maxLength",keyword:"maxLength",params:{limit: 255},message:"must NOT have more than 255 characters",schema:255,parentSchema:schema35,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!pattern10.test(data2)){
const err8 = {instancePath:instancePath+"/release",schemaPath:"#/definitions/roleName/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_][A-Za-z0-9_-]*|[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){2,})$"},message:"must match pattern \""+"^([A-Za-z0-9_][A-Za-z0-9_-]*|[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){2,})$"+"\"",schema:"^([A-Za-z0-9_][A-Za-z0-9_-]*|[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){2,})$",parentSchema:schema35,data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/release",schemaPath:"#/definitions/roleName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.type,parentSchema:schema35,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.reboot !== undefined){
let data3 = data.reboot;
if(typeof data3 === "string"){
if(func3(data3) > 255){
const err10 = {instancePath:instancePath+"/reboot",schemaPath:"#/definitions/roleName/maxLength",keyword:"maxLength",params:{limit: 255},message:"must NOT have more than 255 characters",schema:255,parentSchema:schema35,data:data3};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(!pattern10.test(data3)){
const err11 = {instancePath:instancePath+"/reboot",schemaPath:"#/definitions/roleName/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_][A-Za-z0-9_-]*|[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){2,})$"},message:"must match pattern \""+"^([A-Za-z0-9_][A-Za-z0-9_-]*|[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){2,})$"+"\"",schema:"^([A-Za-z0-9_][A-Za-z0-9_-]*|[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){2,})$",parentSchema:schema35,data:data3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/reboot",schemaPath:"#/definitions/roleName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.type,parentSchema:schema35,data:data3};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.test !== undefined){
let data4 = data.test;
if(typeof data4 === "string"){
if(func3(data4) > 255){
const err13 = {instancePath:instancePath+"/test",schemaPath:"#/definitions/roleName/maxLength",keyword:"maxLength",params:{limit: 255},message:"must NOT have more than 255 characters",schema:255,parentSchema:schema35,data:data4};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(!pattern10.test(data4)){
const err14 = {instancePath:instancePath+"/test",schemaPath:"#/definitions/roleName/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_][A-Za-z0-9_-]*|[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){2,})$"},message:"must match pattern \""+"^([A-Za-z0-9_][A-Za-z0-9_-]*|[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){2,})$"+"\"",schema:"^([A-Za-z0-9_][A-Za-z0-9_-]*|[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){2,})$",parentSchema:schema35,data:data4};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
else {
const err15 = {instancePath:instancePath+"/test",schemaPath:"#/definitions/roleName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.type,parentSchema:schema35,data:data4};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
}
else {
const err16 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema34.type,parentSchema:schema34,data};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
validate37.errors = vErrors;
return errors === 0;
}

const pattern7 = new RegExp("^[A-Za-z0-9_][A-Za-z0-9._-]{0,252}$", "u");
const pattern8 = new RegExp("^([0-9]{1,9}(ms|s|m|h|d))+$", "u");
const pattern9 = new RegExp("^[A-Za-z_][A-Za-z0-9_.]{0,62}$", "u");

function validate34(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.type === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "type"},message:"must have required property '"+"type"+"'",schema:schema32.required,parentSchema:schema32,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema32.properties, key0))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema32,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.type !== undefined){
let data0 = data.type;
if(!(data0 === "slurm")){
const err2 = {instancePath:instancePath+"/type",schemaPath:"#/properties/type/enum",keyword:"enum",params:{allowedValues: schema32.properties.type.enum},message:"must be equal to one of the allowed values",schema:schema32.properties.type.enum,parentSchema:schema32.properties.type,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.nodes !== undefined){
if(!(validate22(data.nodes, {instancePath:instancePath+"/nodes",parentData:data,parentDataProperty:"nodes",rootData}))){
vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
errors = vErrors.length;
}
}
if(data.controller !== undefined){
let data2 = data.controller;
if(typeof data2 === "string"){
if(!pattern7.test(data2)){
const err3 = {instancePath:instancePath+"/controller",schemaPath:"#/properties/controller/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_][A-Za-z0-9._-]{0,252}$"},message:"must match pattern \""+"^[A-Za-z0-9_][A-Za-z0-9._-]{0,252}$"+"\"",schema:"^[A-Za-z0-9_][A-Za-z0-9._-]{0,252}$",parentSchema:schema32.properties.controller,data:data2};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/controller",schemaPath:"#/properties/controller/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema32.properties.controller.type,parentSchema:schema32.properties.controller,data:data2};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.controllerVars !== undefined){
if(!(validate12(data.controllerVars, {instancePath:instancePath+"/controllerVars",parentData:data,parentDataProperty:"controllerVars",rootData}))){
vErrors = vErrors === null ? validate12.errors : vErrors.concat(validate12.errors);
errors = vErrors.length;
}
}
if(data.names !== undefined){
let data4 = data.names;
if(!((data4 === "full") || (data4 === "short"))){
const err5 = {instancePath:instancePath+"/names",schemaPath:"#/properties/names/enum",keyword:"enum",params:{allowedValues: schema32.properties.names.enum},message:"must be equal to one of the allowed values",schema:schema32.properties.names.enum,parentSchema:schema32.properties.names,data:data4};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.every !== undefined){
let data5 = data.every;
if(typeof data5 === "string"){
if(!pattern8.test(data5)){
const err6 = {instancePath:instancePath+"/every",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(ms|s|m|h|d))+$"},message:"must match pattern \""+"^([0-9]{1,9}(ms|s|m|h|d))+$"+"\"",schema:"^([0-9]{1,9}(ms|s|m|h|d))+$",parentSchema:schema33,data:data5};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/every",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data5};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.feature !== undefined){
let data6 = data.feature;
if(typeof data6 === "string"){
if(!pattern9.test(data6)){
const err8 = {instancePath:instancePath+"/feature",schemaPath:"#/properties/feature/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_.]{0,62}$"},message:"must match pattern \""+"^[A-Za-z_][A-Za-z0-9_.]{0,62}$"+"\"",schema:"^[A-Za-z_][A-Za-z0-9_.]{0,62}$",parentSchema:schema32.properties.feature,data:data6};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/feature",schemaPath:"#/properties/feature/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema32.properties.feature.type,parentSchema:schema32.properties.feature,data:data6};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.roles !== undefined){
if(!(validate37(data.roles, {instancePath:instancePath+"/roles",parentData:data,parentDataProperty:"roles",rootData}))){
vErrors = vErrors === null ? validate37.errors : vErrors.concat(validate37.errors);
errors = vErrors.length;
}
}
if(data.vars !== undefined){
if(!(validate12(data.vars, {instancePath:instancePath+"/vars",parentData:data,parentDataProperty:"vars",rootData}))){
vErrors = vErrors === null ? validate12.errors : vErrors.concat(validate12.errors);
errors = vErrors.length;
}
}
}
else {
const err10 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema32.type,parentSchema:schema32,data};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
validate34.errors = vErrors;
return errors === 0;
}

const schema40 = {"title":"SchedulersDeclared","description":"Several workload managers, by a name of your own, each for some of the nodes; in place of scheduler. A node belongs to one of them at most.","type":"object","minProperties":1,"propertyNames":{"$ref":"#/definitions/name"},"additionalProperties":{"$ref":"#/definitions/scheduler"},"examples":[{"old":{"type":"slurm","controller":"ctl1","nodes":["node[01-30]"]},"new":{"type":"slurm","controller":"ctl2","nodes":["node[31-60]"]}}]};

function validate41(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(Object.keys(data).length < 1){
const err0 = {instancePath,schemaPath:"#/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties",schema:1,parentSchema:schema40,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
const _errs1 = errors;
if(typeof key0 === "string"){
if(!pattern0.test(key0)){
const err1 = {instancePath,schemaPath:"#/definitions/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$",parentSchema:schema12,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
else {
const err2 = {instancePath,schemaPath:"#/definitions/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema12.type,parentSchema:schema12,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
var valid0 = _errs1 === errors;
if(!valid0){
const err3 = {instancePath,schemaPath:"#/propertyNames",keyword:"propertyNames",params:{propertyName: key0},message:"property name must be valid",schema:schema40.propertyNames,parentSchema:schema40,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
for(const key1 in data){
if(!(validate34(data[key1], {instancePath:instancePath+"/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data,parentDataProperty:key1,rootData}))){
vErrors = vErrors === null ? validate34.errors : vErrors.concat(validate34.errors);
errors = vErrors.length;
}
}
}
else {
const err4 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema40.type,parentSchema:schema40,data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
validate41.errors = vErrors;
return errors === 0;
}

const schema42 = {"title":"RunsOn","description":"Hypervisors and the nodes that run on them. A hypervisor and its nodes go out together in one visit. All of them must be allowed, and in the same environment.","type":"object","additionalProperties":{"$ref":"#/definitions/hostExpressions"},"examples":[{"hyp01":["node[01-04]"]}]};

function validate44(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(validate22(data[key0], {instancePath:instancePath+"/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data,parentDataProperty:key0,rootData}))){
vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
errors = vErrors.length;
}
}
}
else {
const err0 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema42.type,parentSchema:schema42,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
validate44.errors = vErrors;
return errors === 0;
}

const schema43 = {"title":"Changes","description":"How would-be changes are judged.","type":"object","additionalProperties":false,"properties":{"untagged":{"description":"What a change with neither HotChange nor DrainChange counts as: one that needs an empty node, an error, or what `lint --suggest` proposes for its task.","enum":["drain","error","suggest"],"default":"drain","examples":["error"]},"beyond":{"description":"A task that fails in check mode after something on the node would have changed, or could not be foreseen: nobody knows what the rest would do. apply: the node is changed as far as it could be seen, and looked at again. error: it has failed.","enum":["apply","error"],"default":"apply","examples":["error"]},"unforeseen":{"$ref":"#/definitions/unforeseen"}},"examples":[{"untagged":"error","unforeseen":{"drain":"apply"}}]};
const schema44 = {"title":"Unforeseen","description":"What becomes of tasks that check mode skips, such as commands: apply runs them once a commit on each node, name only names them. Those that say changed_when: false change nothing, and are not meant.","type":"object","additionalProperties":false,"properties":{"hot":{"description":"Those tagged HotChange.","enum":["apply","name"],"default":"apply","examples":["name"]},"drain":{"description":"Those tagged DrainChange: apply drains the node for them.","enum":["apply","name"],"default":"name","examples":["apply"]},"untagged":{"description":"Those with neither tag: apply drains the node for them.","enum":["apply","name"],"default":"name","examples":["apply"]}},"examples":[{"drain":"apply"}]};

function validate47(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((key0 === "untagged") || (key0 === "beyond")) || (key0 === "unforeseen"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema43,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.untagged !== undefined){
let data0 = data.untagged;
if(!(((data0 === "drain") || (data0 === "error")) || (data0 === "suggest"))){
const err1 = {instancePath:instancePath+"/untagged",schemaPath:"#/properties/untagged/enum",keyword:"enum",params:{allowedValues: schema43.properties.untagged.enum},message:"must be equal to one of the allowed values",schema:schema43.properties.untagged.enum,parentSchema:schema43.properties.untagged,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.beyond !== undefined){
let data1 = data.beyond;
if(!((data1 === "apply") || (data1 === "error"))){
const err2 = {instancePath:instancePath+"/beyond",schemaPath:"#/properties/beyond/enum",keyword:"enum",params:{allowedValues: schema43.properties.beyond.enum},message:"must be equal to one of the allowed values",schema:schema43.properties.beyond.enum,parentSchema:schema43.properties.beyond,data:data1};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.unforeseen !== undefined){
let data2 = data.unforeseen;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
for(const key1 in data2){
if(!(((key1 === "hot") || (key1 === "drain")) || (key1 === "untagged"))){
const err3 = {instancePath:instancePath+"/unforeseen",schemaPath:"#/definitions/unforeseen/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema44,data:data2};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data2.hot !== undefined){
let data3 = data2.hot;
if(!((data3 === "apply") || (data3 === "name"))){
const err4 = {instancePath:instancePath+"/unforeseen/hot",schemaPath:"#/definitions/unforeseen/properties/hot/enum",keyword:"enum",params:{allowedValues: schema44.properties.hot.enum},message:"must be equal to one of the allowed values",schema:schema44.properties.hot.enum,parentSchema:schema44.properties.hot,data:data3};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data2.drain !== undefined){
let data4 = data2.drain;
if(!((data4 === "apply") || (data4 === "name"))){
const err5 = {instancePath:instancePath+"/unforeseen/drain",schemaPath:"#/definitions/unforeseen/properties/drain/enum",keyword:"enum",params:{allowedValues: schema44.properties.drain.enum},message:"must be equal to one of the allowed values",schema:schema44.properties.drain.enum,parentSchema:schema44.properties.drain,data:data4};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data2.untagged !== undefined){
let data5 = data2.untagged;
if(!((data5 === "apply") || (data5 === "name"))){
const err6 = {instancePath:instancePath+"/unforeseen/untagged",schemaPath:"#/definitions/unforeseen/properties/untagged/enum",keyword:"enum",params:{allowedValues: schema44.properties.untagged.enum},message:"must be equal to one of the allowed values",schema:schema44.properties.untagged.enum,parentSchema:schema44.properties.untagged,data:data5};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
else {
const err7 = {instancePath:instancePath+"/unforeseen",schemaPath:"#/definitions/unforeseen/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema44.type,parentSchema:schema44,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
else {
const err8 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema43.type,parentSchema:schema43,data};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
validate47.errors = vErrors;
return errors === 0;
}

const schema45 = {"title":"Rollout","description":"How a rollout goes: how fast, how much of the fleet at once, and what stops it. An environment may set single fields anew.","type":"object","additionalProperties":false,"properties":{"soak":{"description":"Wait after the last canary was verified.","$ref":"#/definitions/duration","default":"10m","examples":["0s","10m","1h30m"]},"waves":{"description":"Share of the nodes outside the canary list that is reached when each wave is done, rising. What is then left follows in a last wave.","type":"array","minItems":1,"items":{"$ref":"#/definitions/waveSize"},"default":["10%","50%","100%"],"examples":[["10%","50%","100%"],[1,10,"100%"]]},"maxFailed":{"description":"Failed nodes outside the canary wave that are endured, whatever the cause; one more halts the rollout. A percentage is of the nodes outside the canary list, rounded down.","$ref":"#/definitions/nodeCount","default":"5%","examples":[0,3,"5%"]},"budget":{"$ref":"#/definitions/budget"},"retries":{"$ref":"#/definitions/retries"},"maxChanged":{"description":"Nodes changed in one run, at most, whatever else is allowed; the next run goes on. Without it there is no such limit.","type":"integer","minimum":1,"maximum":1000000,"examples":[100]},"capacity":{"$ref":"#/definitions/capacity"},"pause":{"$ref":"#/definitions/pause"},"deadline":{"description":"The rollout halts this long after it was opened or retried. Without it, never.","$ref":"#/definitions/duration","examples":["3d"]},"approval":{"description":"What a person must approve: the start, all nodes that are no canaries (once), each wave after the canaries.","type":"array","items":{"enum":["start","wide","waves"]},"default":[],"examples":[["wide"],["start","waves"]]},"onNewCommit":{"description":"What happens to a rollout under way when the ref has moved: it is finished first, or a new one takes its place.","enum":["finish","supersede"],"default":"finish","examples":["supersede"]},"expected":{"description":"How long the change of a node is expected to take while nothing was measured. No change begins that would not be over before the window closes.","$ref":"#/definitions/duration","default":"10m","examples":["10m","1h"]}},"examples":[{"soak":"10m","waves":["10%","50%","100%"],"maxFailed":"5%"},{"budget":{"unreachable":"10%"},"capacity":{"fleet":"10%","domains":1},"pause":{"waves":"10m"},"deadline":"3d","approval":["wide"]}]};
const schema47 = {"title":"WaveSize","description":"A number of nodes, 1 or more, or a percentage from 1% to 100%.","anyOf":[{"type":"integer","minimum":1,"maximum":1000000},{"type":"string","description":"A percentage is a whole number from 1 to 100 with a % sign.","pattern":"^(100|[1-9][0-9]?)%$","examples":["10%"]}]};
const schema48 = {"title":"NodeCount","description":"A number of nodes, or a percentage.","anyOf":[{"type":"integer","minimum":0,"maximum":1000000},{"type":"string","description":"A percentage is a whole number from 0 to 100 with a % sign.","pattern":"^(100|[0-9]{1,2})%$","examples":["5%"]}]};
const pattern17 = new RegExp("^(100|[1-9][0-9]?)%$", "u");
const pattern18 = new RegExp("^(100|[0-9]{1,2})%$", "u");
const schema49 = {"title":"Budget","description":"Failed nodes outside the canary wave that are endured, by cause. A cause that is not named has no budget of its own; rollout.maxFailed counts them all.","type":"object","additionalProperties":false,"properties":{"failed":{"description":"Nodes on which a task failed.","$ref":"#/definitions/nodeCount","examples":[3,"5%"]},"unreachable":{"description":"Nodes that could not be reached, or hung.","$ref":"#/definitions/nodeCount","examples":["10%"]},"notConverged":{"description":"Nodes that would change again after they were changed.","$ref":"#/definitions/nodeCount","examples":[0]}},"examples":[{"failed":3,"unreachable":"10%","notConverged":0}]};

function validate50(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((key0 === "failed") || (key0 === "unreachable")) || (key0 === "notConverged"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema49,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.failed !== undefined){
let data0 = data.failed;
const _errs4 = errors;
let valid2 = false;
const _errs5 = errors;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
const err1 = {instancePath:instancePath+"/failed",schemaPath:"#/definitions/nodeCount/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema48.anyOf[0].type,parentSchema:schema48.anyOf[0],data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 1000000 || isNaN(data0)){
const err2 = {instancePath:instancePath+"/failed",schemaPath:"#/definitions/nodeCount/anyOf/0/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema48.anyOf[0],data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0 < 0 || isNaN(data0)){
const err3 = {instancePath:instancePath+"/failed",schemaPath:"#/definitions/nodeCount/anyOf/0/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema48.anyOf[0],data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
var _valid0 = _errs5 === errors;
valid2 = valid2 || _valid0;
if(!valid2){
const _errs7 = errors;
if(typeof data0 === "string"){
if(!pattern18.test(data0)){
const err4 = {instancePath:instancePath+"/failed",schemaPath:"#/definitions/nodeCount/anyOf/1/pattern",keyword:"pattern",params:{pattern: "^(100|[0-9]{1,2})%$"},message:"must match pattern \""+"^(100|[0-9]{1,2})%$"+"\"",schema:"^(100|[0-9]{1,2})%$",parentSchema:schema48.anyOf[1],data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/failed",schemaPath:"#/definitions/nodeCount/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema48.anyOf[1].type,parentSchema:schema48.anyOf[1],data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
var _valid0 = _errs7 === errors;
valid2 = valid2 || _valid0;
}
if(!valid2){
const err6 = {instancePath:instancePath+"/failed",schemaPath:"#/definitions/nodeCount/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema48.anyOf,parentSchema:schema48,data:data0};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
else {
errors = _errs4;
if(vErrors !== null){
if(_errs4){
vErrors.length = _errs4;
}
else {
vErrors = null;
}
}
}
}
if(data.unreachable !== undefined){
let data1 = data.unreachable;
const _errs11 = errors;
let valid4 = false;
const _errs12 = errors;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
const err7 = {instancePath:instancePath+"/unreachable",schemaPath:"#/definitions/nodeCount/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema48.anyOf[0].type,parentSchema:schema48.anyOf[0],data:data1};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 1000000 || isNaN(data1)){
const err8 = {instancePath:instancePath+"/unreachable",schemaPath:"#/definitions/nodeCount/anyOf/0/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema48.anyOf[0],data:data1};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data1 < 0 || isNaN(data1)){
const err9 = {instancePath:instancePath+"/unreachable",schemaPath:"#/definitions/nodeCount/anyOf/0/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema48.anyOf[0],data:data1};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
var _valid1 = _errs12 === errors;
valid4 = valid4 || _valid1;
if(!valid4){
const _errs14 = errors;
if(typeof data1 === "string"){
if(!pattern18.test(data1)){
const err10 = {instancePath:instancePath+"/unreachable",schemaPath:"#/definitions/nodeCount/anyOf/1/pattern",keyword:"pattern",params:{pattern: "^(100|[0-9]{1,2})%$"},message:"must match pattern \""+"^(100|[0-9]{1,2})%$"+"\"",schema:"^(100|[0-9]{1,2})%$",parentSchema:schema48.anyOf[1],data:data1};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/unreachable",schemaPath:"#/definitions/nodeCount/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema48.anyOf[1].type,parentSchema:schema48.anyOf[1],data:data1};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
var _valid1 = _errs14 === errors;
valid4 = valid4 || _valid1;
}
if(!valid4){
const err12 = {instancePath:instancePath+"/unreachable",schemaPath:"#/definitions/nodeCount/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema48.anyOf,parentSchema:schema48,data:data1};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
else {
errors = _errs11;
if(vErrors !== null){
if(_errs11){
vErrors.length = _errs11;
}
else {
vErrors = null;
}
}
}
}
if(data.notConverged !== undefined){
let data2 = data.notConverged;
const _errs18 = errors;
let valid6 = false;
const _errs19 = errors;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
const err13 = {instancePath:instancePath+"/notConverged",schemaPath:"#/definitions/nodeCount/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema48.anyOf[0].type,parentSchema:schema48.anyOf[0],data:data2};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 1000000 || isNaN(data2)){
const err14 = {instancePath:instancePath+"/notConverged",schemaPath:"#/definitions/nodeCount/anyOf/0/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema48.anyOf[0],data:data2};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(data2 < 0 || isNaN(data2)){
const err15 = {instancePath:instancePath+"/notConverged",schemaPath:"#/definitions/nodeCount/anyOf/0/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema48.anyOf[0],data:data2};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
var _valid2 = _errs19 === errors;
valid6 = valid6 || _valid2;
if(!valid6){
const _errs21 = errors;
if(typeof data2 === "string"){
if(!pattern18.test(data2)){
const err16 = {instancePath:instancePath+"/notConverged",schemaPath:"#/definitions/nodeCount/anyOf/1/pattern",keyword:"pattern",params:{pattern: "^(100|[0-9]{1,2})%$"},message:"must match pattern \""+"^(100|[0-9]{1,2})%$"+"\"",schema:"^(100|[0-9]{1,2})%$",parentSchema:schema48.anyOf[1],data:data2};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
else {
const err17 = {instancePath:instancePath+"/notConverged",schemaPath:"#/definitions/nodeCount/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema48.anyOf[1].type,parentSchema:schema48.anyOf[1],data:data2};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
var _valid2 = _errs21 === errors;
valid6 = valid6 || _valid2;
}
if(!valid6){
const err18 = {instancePath:instancePath+"/notConverged",schemaPath:"#/definitions/nodeCount/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema48.anyOf,parentSchema:schema48,data:data2};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
else {
errors = _errs18;
if(vErrors !== null){
if(_errs18){
vErrors.length = _errs18;
}
else {
vErrors = null;
}
}
}
}
}
else {
const err19 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema49.type,parentSchema:schema49,data};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
validate50.errors = vErrors;
return errors === 0;
}

const schema53 = {"title":"Retries","description":"How often a node that failed is tried again before it is quarantined. The wait doubles from one attempt to the next.","type":"object","additionalProperties":false,"properties":{"attempts":{"description":"Attempts in all, the first one included.","type":"integer","minimum":1,"maximum":100,"default":5,"examples":[1,5]},"backoff":{"description":"Wait before the second attempt.","$ref":"#/definitions/duration","default":"1m","examples":["1m"]},"longest":{"description":"Longest wait between two attempts.","$ref":"#/definitions/duration","default":"30m","examples":["30m"]}},"examples":[{"attempts":5,"backoff":"1m","longest":"30m"}]};

function validate52(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((key0 === "attempts") || (key0 === "backoff")) || (key0 === "longest"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema53,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.attempts !== undefined){
let data0 = data.attempts;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
const err1 = {instancePath:instancePath+"/attempts",schemaPath:"#/properties/attempts/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.attempts.type,parentSchema:schema53.properties.attempts,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 100 || isNaN(data0)){
const err2 = {instancePath:instancePath+"/attempts",schemaPath:"#/properties/attempts/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100",schema:100,parentSchema:schema53.properties.attempts,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0 < 1 || isNaN(data0)){
const err3 = {instancePath:instancePath+"/attempts",schemaPath:"#/properties/attempts/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema53.properties.attempts,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
}
if(data.backoff !== undefined){
let data1 = data.backoff;
if(typeof data1 === "string"){
if(!pattern8.test(data1)){
const err4 = {instancePath:instancePath+"/backoff",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(ms|s|m|h|d))+$"},message:"must match pattern \""+"^([0-9]{1,9}(ms|s|m|h|d))+$"+"\"",schema:"^([0-9]{1,9}(ms|s|m|h|d))+$",parentSchema:schema33,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/backoff",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.longest !== undefined){
let data2 = data.longest;
if(typeof data2 === "string"){
if(!pattern8.test(data2)){
const err6 = {instancePath:instancePath+"/longest",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(ms|s|m|h|d))+$"},message:"must match pattern \""+"^([0-9]{1,9}(ms|s|m|h|d))+$"+"\"",schema:"^([0-9]{1,9}(ms|s|m|h|d))+$",parentSchema:schema33,data:data2};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/longest",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
else {
const err8 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema53.type,parentSchema:schema53,data};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
validate52.errors = vErrors;
return errors === 0;
}

const schema56 = {"title":"Capacity","description":"How many nodes may be out at once, at most, counting those that were out before. A percentage is of the nodes of the scope, rounded down, and never below one node.","type":"object","additionalProperties":false,"properties":{"fleet":{"description":"Of all nodes of the environment.","$ref":"#/definitions/waveSize","examples":["10%",5]},"groups":{"description":"Of the nodes of a group.","type":"object","additionalProperties":{"$ref":"#/definitions/waveSize"},"default":{},"examples":[{"compute":5}]},"partitions":{"description":"Of the nodes of a partition, as declared under partitions or known to the scheduler.","type":"object","additionalProperties":{"$ref":"#/definitions/waveSize"},"default":{},"examples":[{"batch":"10%"}]},"domains":{"description":"Of the nodes of each failure domain.","$ref":"#/definitions/waveSize","examples":[1]}},"examples":[{"fleet":"10%","groups":{"compute":5},"domains":1}]};

function validate54(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((key0 === "fleet") || (key0 === "groups")) || (key0 === "partitions")) || (key0 === "domains"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema56,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.fleet !== undefined){
let data0 = data.fleet;
const _errs4 = errors;
let valid2 = false;
const _errs5 = errors;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
const err1 = {instancePath:instancePath+"/fleet",schemaPath:"#/definitions/waveSize/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema47.anyOf[0].type,parentSchema:schema47.anyOf[0],data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 1000000 || isNaN(data0)){
const err2 = {instancePath:instancePath+"/fleet",schemaPath:"#/definitions/waveSize/anyOf/0/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema47.anyOf[0],data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0 < 1 || isNaN(data0)){
const err3 = {instancePath:instancePath+"/fleet",schemaPath:"#/definitions/waveSize/anyOf/0/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema47.anyOf[0],data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
var _valid0 = _errs5 === errors;
valid2 = valid2 || _valid0;
if(!valid2){
const _errs7 = errors;
if(typeof data0 === "string"){
if(!pattern17.test(data0)){
const err4 = {instancePath:instancePath+"/fleet",schemaPath:"#/definitions/waveSize/anyOf/1/pattern",keyword:"pattern",params:{pattern: "^(100|[1-9][0-9]?)%$"},message:"must match pattern \""+"^(100|[1-9][0-9]?)%$"+"\"",schema:"^(100|[1-9][0-9]?)%$",parentSchema:schema47.anyOf[1],data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/fleet",schemaPath:"#/definitions/waveSize/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema47.anyOf[1].type,parentSchema:schema47.anyOf[1],data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
var _valid0 = _errs7 === errors;
valid2 = valid2 || _valid0;
}
if(!valid2){
const err6 = {instancePath:instancePath+"/fleet",schemaPath:"#/definitions/waveSize/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema47.anyOf,parentSchema:schema47,data:data0};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
else {
errors = _errs4;
if(vErrors !== null){
if(_errs4){
vErrors.length = _errs4;
}
else {
vErrors = null;
}
}
}
}
if(data.groups !== undefined){
let data1 = data.groups;
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
for(const key1 in data1){
let data2 = data1[key1];
const _errs14 = errors;
let valid5 = false;
const _errs15 = errors;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
const err7 = {instancePath:instancePath+"/groups/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/waveSize/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema47.anyOf[0].type,parentSchema:schema47.anyOf[0],data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 1000000 || isNaN(data2)){
const err8 = {instancePath:instancePath+"/groups/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/waveSize/anyOf/0/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema47.anyOf[0],data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data2 < 1 || isNaN(data2)){
const err9 = {instancePath:instancePath+"/groups/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/waveSize/anyOf/0/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema47.anyOf[0],data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
var _valid1 = _errs15 === errors;
valid5 = valid5 || _valid1;
if(!valid5){
const _errs17 = errors;
if(typeof data2 === "string"){
if(!pattern17.test(data2)){
const err10 = {instancePath:instancePath+"/groups/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/waveSize/anyOf/1/pattern",keyword:"pattern",params:{pattern: "^(100|[1-9][0-9]?)%$"},message:"must match pattern \""+"^(100|[1-9][0-9]?)%$"+"\"",schema:"^(100|[1-9][0-9]?)%$",parentSchema:schema47.anyOf[1],data:data2};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/groups/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/waveSize/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema47.anyOf[1].type,parentSchema:schema47.anyOf[1],data:data2};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
var _valid1 = _errs17 === errors;
valid5 = valid5 || _valid1;
}
if(!valid5){
const err12 = {instancePath:instancePath+"/groups/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/waveSize/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema47.anyOf,parentSchema:schema47,data:data2};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
else {
errors = _errs14;
if(vErrors !== null){
if(_errs14){
vErrors.length = _errs14;
}
else {
vErrors = null;
}
}
}
}
}
else {
const err13 = {instancePath:instancePath+"/groups",schemaPath:"#/properties/groups/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema56.properties.groups.type,parentSchema:schema56.properties.groups,data:data1};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data.partitions !== undefined){
let data3 = data.partitions;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
for(const key2 in data3){
let data4 = data3[key2];
const _errs24 = errors;
let valid8 = false;
const _errs25 = errors;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
const err14 = {instancePath:instancePath+"/partitions/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/waveSize/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema47.anyOf[0].type,parentSchema:schema47.anyOf[0],data:data4};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 1000000 || isNaN(data4)){
const err15 = {instancePath:instancePath+"/partitions/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/waveSize/anyOf/0/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema47.anyOf[0],data:data4};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if(data4 < 1 || isNaN(data4)){
const err16 = {instancePath:instancePath+"/partitions/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/waveSize/anyOf/0/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema47.anyOf[0],data:data4};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
var _valid2 = _errs25 === errors;
valid8 = valid8 || _valid2;
if(!valid8){
const _errs27 = errors;
if(typeof data4 === "string"){
if(!pattern17.test(data4)){
const err17 = {instancePath:instancePath+"/partitions/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/waveSize/anyOf/1/pattern",keyword:"pattern",params:{pattern: "^(100|[1-9][0-9]?)%$"},message:"must match pattern \""+"^(100|[1-9][0-9]?)%$"+"\"",schema:"^(100|[1-9][0-9]?)%$",parentSchema:schema47.anyOf[1],data:data4};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/partitions/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/waveSize/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema47.anyOf[1].type,parentSchema:schema47.anyOf[1],data:data4};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
var _valid2 = _errs27 === errors;
valid8 = valid8 || _valid2;
}
if(!valid8){
const err19 = {instancePath:instancePath+"/partitions/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/waveSize/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema47.anyOf,parentSchema:schema47,data:data4};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
else {
errors = _errs24;
if(vErrors !== null){
if(_errs24){
vErrors.length = _errs24;
}
else {
vErrors = null;
}
}
}
}
}
else {
const err20 = {instancePath:instancePath+"/partitions",schemaPath:"#/properties/partitions/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema56.properties.partitions.type,parentSchema:schema56.properties.partitions,data:data3};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data.domains !== undefined){
let data5 = data.domains;
const _errs31 = errors;
let valid10 = false;
const _errs32 = errors;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
const err21 = {instancePath:instancePath+"/domains",schemaPath:"#/definitions/waveSize/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema47.anyOf[0].type,parentSchema:schema47.anyOf[0],data:data5};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 1000000 || isNaN(data5)){
const err22 = {instancePath:instancePath+"/domains",schemaPath:"#/definitions/waveSize/anyOf/0/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema47.anyOf[0],data:data5};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(data5 < 1 || isNaN(data5)){
const err23 = {instancePath:instancePath+"/domains",schemaPath:"#/definitions/waveSize/anyOf/0/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema47.anyOf[0],data:data5};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
var _valid3 = _errs32 === errors;
valid10 = valid10 || _valid3;
if(!valid10){
const _errs34 = errors;
if(typeof data5 === "string"){
if(!pattern17.test(data5)){
const err24 = {instancePath:instancePath+"/domains",schemaPath:"#/definitions/waveSize/anyOf/1/pattern",keyword:"pattern",params:{pattern: "^(100|[1-9][0-9]?)%$"},message:"must match pattern \""+"^(100|[1-9][0-9]?)%$"+"\"",schema:"^(100|[1-9][0-9]?)%$",parentSchema:schema47.anyOf[1],data:data5};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
else {
const err25 = {instancePath:instancePath+"/domains",schemaPath:"#/definitions/waveSize/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema47.anyOf[1].type,parentSchema:schema47.anyOf[1],data:data5};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
var _valid3 = _errs34 === errors;
valid10 = valid10 || _valid3;
}
if(!valid10){
const err26 = {instancePath:instancePath+"/domains",schemaPath:"#/definitions/waveSize/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema47.anyOf,parentSchema:schema47,data:data5};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
else {
errors = _errs31;
if(vErrors !== null){
if(_errs31){
vErrors.length = _errs31;
}
else {
vErrors = null;
}
}
}
}
}
else {
const err27 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema56.type,parentSchema:schema56,data};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
validate54.errors = vErrors;
return errors === 0;
}

const schema61 = {"title":"Pause","description":"Waits on the way.","type":"object","additionalProperties":false,"properties":{"nodes":{"description":"Wait between the changes of two nodes, which then go one by one.","$ref":"#/definitions/duration","default":"0s","examples":["30s"]},"waves":{"description":"Wait before each wave after the canaries.","$ref":"#/definitions/duration","default":"0s","examples":["10m"]}},"examples":[{"nodes":"30s","waves":"10m"}]};

function validate56(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((key0 === "nodes") || (key0 === "waves"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema61,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.nodes !== undefined){
let data0 = data.nodes;
if(typeof data0 === "string"){
if(!pattern8.test(data0)){
const err1 = {instancePath:instancePath+"/nodes",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(ms|s|m|h|d))+$"},message:"must match pattern \""+"^([0-9]{1,9}(ms|s|m|h|d))+$"+"\"",schema:"^([0-9]{1,9}(ms|s|m|h|d))+$",parentSchema:schema33,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
else {
const err2 = {instancePath:instancePath+"/nodes",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.waves !== undefined){
let data1 = data.waves;
if(typeof data1 === "string"){
if(!pattern8.test(data1)){
const err3 = {instancePath:instancePath+"/waves",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(ms|s|m|h|d))+$"},message:"must match pattern \""+"^([0-9]{1,9}(ms|s|m|h|d))+$"+"\"",schema:"^([0-9]{1,9}(ms|s|m|h|d))+$",parentSchema:schema33,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/waves",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
else {
const err5 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema61.type,parentSchema:schema61,data};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
validate56.errors = vErrors;
return errors === 0;
}


function validate49(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(func2.call(schema45.properties, key0))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema45,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.soak !== undefined){
let data0 = data.soak;
if(typeof data0 === "string"){
if(!pattern8.test(data0)){
const err1 = {instancePath:instancePath+"/soak",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(ms|s|m|h|d))+$"},message:"must match pattern \""+"^([0-9]{1,9}(ms|s|m|h|d))+$"+"\"",schema:"^([0-9]{1,9}(ms|s|m|h|d))+$",parentSchema:schema33,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
else {
const err2 = {instancePath:instancePath+"/soak",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.waves !== undefined){
let data1 = data.waves;
if(Array.isArray(data1)){
if(data1.length < 1){
const err3 = {instancePath:instancePath+"/waves",schemaPath:"#/properties/waves/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema45.properties.waves,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
const _errs9 = errors;
let valid5 = false;
const _errs10 = errors;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
const err4 = {instancePath:instancePath+"/waves/" + i0,schemaPath:"#/definitions/waveSize/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema47.anyOf[0].type,parentSchema:schema47.anyOf[0],data:data2};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 1000000 || isNaN(data2)){
const err5 = {instancePath:instancePath+"/waves/" + i0,schemaPath:"#/definitions/waveSize/anyOf/0/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema47.anyOf[0],data:data2};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data2 < 1 || isNaN(data2)){
const err6 = {instancePath:instancePath+"/waves/" + i0,schemaPath:"#/definitions/waveSize/anyOf/0/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema47.anyOf[0],data:data2};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
var _valid0 = _errs10 === errors;
valid5 = valid5 || _valid0;
if(!valid5){
const _errs12 = errors;
if(typeof data2 === "string"){
if(!pattern17.test(data2)){
const err7 = {instancePath:instancePath+"/waves/" + i0,schemaPath:"#/definitions/waveSize/anyOf/1/pattern",keyword:"pattern",params:{pattern: "^(100|[1-9][0-9]?)%$"},message:"must match pattern \""+"^(100|[1-9][0-9]?)%$"+"\"",schema:"^(100|[1-9][0-9]?)%$",parentSchema:schema47.anyOf[1],data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/waves/" + i0,schemaPath:"#/definitions/waveSize/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema47.anyOf[1].type,parentSchema:schema47.anyOf[1],data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
var _valid0 = _errs12 === errors;
valid5 = valid5 || _valid0;
}
if(!valid5){
const err9 = {instancePath:instancePath+"/waves/" + i0,schemaPath:"#/definitions/waveSize/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema47.anyOf,parentSchema:schema47,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
else {
errors = _errs9;
if(vErrors !== null){
if(_errs9){
vErrors.length = _errs9;
}
else {
vErrors = null;
}
}
}
}
}
else {
const err10 = {instancePath:instancePath+"/waves",schemaPath:"#/properties/waves/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema45.properties.waves.type,parentSchema:schema45.properties.waves,data:data1};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.maxFailed !== undefined){
let data3 = data.maxFailed;
const _errs16 = errors;
let valid7 = false;
const _errs17 = errors;
if(!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))){
const err11 = {instancePath:instancePath+"/maxFailed",schemaPath:"#/definitions/nodeCount/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema48.anyOf[0].type,parentSchema:schema48.anyOf[0],data:data3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 > 1000000 || isNaN(data3)){
const err12 = {instancePath:instancePath+"/maxFailed",schemaPath:"#/definitions/nodeCount/anyOf/0/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema48.anyOf[0],data:data3};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data3 < 0 || isNaN(data3)){
const err13 = {instancePath:instancePath+"/maxFailed",schemaPath:"#/definitions/nodeCount/anyOf/0/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema48.anyOf[0],data:data3};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
var _valid1 = _errs17 === errors;
valid7 = valid7 || _valid1;
if(!valid7){
const _errs19 = errors;
if(typeof data3 === "string"){
if(!pattern18.test(data3)){
const err14 = {instancePath:instancePath+"/maxFailed",schemaPath:"#/definitions/nodeCount/anyOf/1/pattern",keyword:"pattern",params:{pattern: "^(100|[0-9]{1,2})%$"},message:"must match pattern \""+"^(100|[0-9]{1,2})%$"+"\"",schema:"^(100|[0-9]{1,2})%$",parentSchema:schema48.anyOf[1],data:data3};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
else {
const err15 = {instancePath:instancePath+"/maxFailed",schemaPath:"#/definitions/nodeCount/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema48.anyOf[1].type,parentSchema:schema48.anyOf[1],data:data3};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
var _valid1 = _errs19 === errors;
valid7 = valid7 || _valid1;
}
if(!valid7){
const err16 = {instancePath:instancePath+"/maxFailed",schemaPath:"#/definitions/nodeCount/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema48.anyOf,parentSchema:schema48,data:data3};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
else {
errors = _errs16;
if(vErrors !== null){
if(_errs16){
vErrors.length = _errs16;
}
else {
vErrors = null;
}
}
}
}
if(data.budget !== undefined){
if(!(validate50(data.budget, {instancePath:instancePath+"/budget",parentData:data,parentDataProperty:"budget",rootData}))){
vErrors = vErrors === null ? validate50.errors : vErrors.concat(validate50.errors);
errors = vErrors.length;
}
}
if(data.retries !== undefined){
if(!(validate52(data.retries, {instancePath:instancePath+"/retries",parentData:data,parentDataProperty:"retries",rootData}))){
vErrors = vErrors === null ? validate52.errors : vErrors.concat(validate52.errors);
errors = vErrors.length;
}
}
if(data.maxChanged !== undefined){
let data6 = data.maxChanged;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err17 = {instancePath:instancePath+"/maxChanged",schemaPath:"#/properties/maxChanged/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema45.properties.maxChanged.type,parentSchema:schema45.properties.maxChanged,data:data6};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 1000000 || isNaN(data6)){
const err18 = {instancePath:instancePath+"/maxChanged",schemaPath:"#/properties/maxChanged/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema45.properties.maxChanged,data:data6};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data6 < 1 || isNaN(data6)){
const err19 = {instancePath:instancePath+"/maxChanged",schemaPath:"#/properties/maxChanged/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema45.properties.maxChanged,data:data6};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
if(data.capacity !== undefined){
if(!(validate54(data.capacity, {instancePath:instancePath+"/capacity",parentData:data,parentDataProperty:"capacity",rootData}))){
vErrors = vErrors === null ? validate54.errors : vErrors.concat(validate54.errors);
errors = vErrors.length;
}
}
if(data.pause !== undefined){
if(!(validate56(data.pause, {instancePath:instancePath+"/pause",parentData:data,parentDataProperty:"pause",rootData}))){
vErrors = vErrors === null ? validate56.errors : vErrors.concat(validate56.errors);
errors = vErrors.length;
}
}
if(data.deadline !== undefined){
let data9 = data.deadline;
if(typeof data9 === "string"){
if(!pattern8.test(data9)){
const err20 = {instancePath:instancePath+"/deadline",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(ms|s|m|h|d))+$"},message:"must match pattern \""+"^([0-9]{1,9}(ms|s|m|h|d))+$"+"\"",schema:"^([0-9]{1,9}(ms|s|m|h|d))+$",parentSchema:schema33,data:data9};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
else {
const err21 = {instancePath:instancePath+"/deadline",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data9};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data.approval !== undefined){
let data10 = data.approval;
if(Array.isArray(data10)){
const len1 = data10.length;
for(let i1=0; i1<len1; i1++){
let data11 = data10[i1];
if(!(((data11 === "start") || (data11 === "wide")) || (data11 === "waves"))){
const err22 = {instancePath:instancePath+"/approval/" + i1,schemaPath:"#/properties/approval/items/enum",keyword:"enum",params:{allowedValues: schema45.properties.approval.items.enum},message:"must be equal to one of the allowed values",schema:schema45.properties.approval.items.enum,parentSchema:schema45.properties.approval.items,data:data11};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
}
else {
const err23 = {instancePath:instancePath+"/approval",schemaPath:"#/properties/approval/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema45.properties.approval.type,parentSchema:schema45.properties.approval,data:data10};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data.onNewCommit !== undefined){
let data12 = data.onNewCommit;
if(!((data12 === "finish") || (data12 === "supersede"))){
const err24 = {instancePath:instancePath+"/onNewCommit",schemaPath:"#/properties/onNewCommit/enum",keyword:"enum",params:{allowedValues: schema45.properties.onNewCommit.enum},message:"must be equal to one of the allowed values",schema:schema45.properties.onNewCommit.enum,parentSchema:schema45.properties.onNewCommit,data:data12};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data.expected !== undefined){
let data13 = data.expected;
if(typeof data13 === "string"){
if(!pattern8.test(data13)){
const err25 = {instancePath:instancePath+"/expected",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(ms|s|m|h|d))+$"},message:"must match pattern \""+"^([0-9]{1,9}(ms|s|m|h|d))+$"+"\"",schema:"^([0-9]{1,9}(ms|s|m|h|d))+$",parentSchema:schema33,data:data13};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
else {
const err26 = {instancePath:instancePath+"/expected",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data13};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
}
else {
const err27 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema45.type,parentSchema:schema45,data};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
validate49.errors = vErrors;
return errors === 0;
}

const schema66 = {"title":"Drain","description":"How nodes are emptied, changed and given back. Needs a scheduler. An environment may set single fields anew.","type":"object","additionalProperties":false,"properties":{"atOnce":{"description":"Nodes that patchrun keeps drained at once, at most, beside all other limits. A percentage is of all nodes of the environment, rounded down, and never below one node.","$ref":"#/definitions/waveSize","default":"10%","examples":["10%",4]},"timeout":{"description":"How long a drain may take to empty its node before onTimeout decides.","$ref":"#/definitions/duration","default":"24h","examples":["24h","3d"]},"onTimeout":{"description":"What then happens: wait on; release the node at once and try again later; wait on and ask a person.","enum":["wait","release","ask"],"default":"wait","examples":["release"]},"foreign":{"description":"Nodes that somebody else drained or set down: leave them alone, or patch them once they are empty. They are never released.","enum":["leave","patch"],"default":"leave","examples":["patch"]},"reservations":{"description":"Nodes in a maintenance reservation of the site that holds nobody's jobs: patch them and give them back into it, or leave them alone.","enum":["join","leave"],"default":"join","examples":["leave"]},"hotFirst":{"description":"Apply the HotChange part of a node that needs a drain beforehand, under load.","type":"boolean","default":false,"examples":[true]},"reboot":{"description":"When a drained node is rebooted: when it or the play asks for it, once in every visit, never.","enum":["auto","always","never"],"default":"auto","examples":["always"]},"rebootTimeout":{"description":"A node that is not back this long after its reboot has failed.","$ref":"#/definitions/duration","default":"15m","examples":["15m","40m"]},"test":{"description":"Run a test job on exactly that node before users get it back.","type":"boolean","default":true,"examples":[false]}},"examples":[{"atOnce":"10%","timeout":"24h","onTimeout":"wait"}]};

function validate59(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(func2.call(schema66.properties, key0))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema66,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.atOnce !== undefined){
let data0 = data.atOnce;
const _errs4 = errors;
let valid2 = false;
const _errs5 = errors;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
const err1 = {instancePath:instancePath+"/atOnce",schemaPath:"#/definitions/waveSize/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema47.anyOf[0].type,parentSchema:schema47.anyOf[0],data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 1000000 || isNaN(data0)){
const err2 = {instancePath:instancePath+"/atOnce",schemaPath:"#/definitions/waveSize/anyOf/0/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema47.anyOf[0],data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0 < 1 || isNaN(data0)){
const err3 = {instancePath:instancePath+"/atOnce",schemaPath:"#/definitions/waveSize/anyOf/0/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema47.anyOf[0],data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
var _valid0 = _errs5 === errors;
valid2 = valid2 || _valid0;
if(!valid2){
const _errs7 = errors;
if(typeof data0 === "string"){
if(!pattern17.test(data0)){
const err4 = {instancePath:instancePath+"/atOnce",schemaPath:"#/definitions/waveSize/anyOf/1/pattern",keyword:"pattern",params:{pattern: "^(100|[1-9][0-9]?)%$"},message:"must match pattern \""+"^(100|[1-9][0-9]?)%$"+"\"",schema:"^(100|[1-9][0-9]?)%$",parentSchema:schema47.anyOf[1],data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/atOnce",schemaPath:"#/definitions/waveSize/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema47.anyOf[1].type,parentSchema:schema47.anyOf[1],data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
var _valid0 = _errs7 === errors;
valid2 = valid2 || _valid0;
}
if(!valid2){
const err6 = {instancePath:instancePath+"/atOnce",schemaPath:"#/definitions/waveSize/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema47.anyOf,parentSchema:schema47,data:data0};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
else {
errors = _errs4;
if(vErrors !== null){
if(_errs4){
vErrors.length = _errs4;
}
else {
vErrors = null;
}
}
}
}
if(data.timeout !== undefined){
let data1 = data.timeout;
if(typeof data1 === "string"){
if(!pattern8.test(data1)){
const err7 = {instancePath:instancePath+"/timeout",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(ms|s|m|h|d))+$"},message:"must match pattern \""+"^([0-9]{1,9}(ms|s|m|h|d))+$"+"\"",schema:"^([0-9]{1,9}(ms|s|m|h|d))+$",parentSchema:schema33,data:data1};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/timeout",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data1};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.onTimeout !== undefined){
let data2 = data.onTimeout;
if(!(((data2 === "wait") || (data2 === "release")) || (data2 === "ask"))){
const err9 = {instancePath:instancePath+"/onTimeout",schemaPath:"#/properties/onTimeout/enum",keyword:"enum",params:{allowedValues: schema66.properties.onTimeout.enum},message:"must be equal to one of the allowed values",schema:schema66.properties.onTimeout.enum,parentSchema:schema66.properties.onTimeout,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.foreign !== undefined){
let data3 = data.foreign;
if(!((data3 === "leave") || (data3 === "patch"))){
const err10 = {instancePath:instancePath+"/foreign",schemaPath:"#/properties/foreign/enum",keyword:"enum",params:{allowedValues: schema66.properties.foreign.enum},message:"must be equal to one of the allowed values",schema:schema66.properties.foreign.enum,parentSchema:schema66.properties.foreign,data:data3};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.reservations !== undefined){
let data4 = data.reservations;
if(!((data4 === "join") || (data4 === "leave"))){
const err11 = {instancePath:instancePath+"/reservations",schemaPath:"#/properties/reservations/enum",keyword:"enum",params:{allowedValues: schema66.properties.reservations.enum},message:"must be equal to one of the allowed values",schema:schema66.properties.reservations.enum,parentSchema:schema66.properties.reservations,data:data4};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.hotFirst !== undefined){
let data5 = data.hotFirst;
if(typeof data5 !== "boolean"){
const err12 = {instancePath:instancePath+"/hotFirst",schemaPath:"#/properties/hotFirst/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema66.properties.hotFirst.type,parentSchema:schema66.properties.hotFirst,data:data5};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.reboot !== undefined){
let data6 = data.reboot;
if(!(((data6 === "auto") || (data6 === "always")) || (data6 === "never"))){
const err13 = {instancePath:instancePath+"/reboot",schemaPath:"#/properties/reboot/enum",keyword:"enum",params:{allowedValues: schema66.properties.reboot.enum},message:"must be equal to one of the allowed values",schema:schema66.properties.reboot.enum,parentSchema:schema66.properties.reboot,data:data6};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data.rebootTimeout !== undefined){
let data7 = data.rebootTimeout;
if(typeof data7 === "string"){
if(!pattern8.test(data7)){
const err14 = {instancePath:instancePath+"/rebootTimeout",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(ms|s|m|h|d))+$"},message:"must match pattern \""+"^([0-9]{1,9}(ms|s|m|h|d))+$"+"\"",schema:"^([0-9]{1,9}(ms|s|m|h|d))+$",parentSchema:schema33,data:data7};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
else {
const err15 = {instancePath:instancePath+"/rebootTimeout",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data7};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.test !== undefined){
let data8 = data.test;
if(typeof data8 !== "boolean"){
const err16 = {instancePath:instancePath+"/test",schemaPath:"#/properties/test/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema66.properties.test.type,parentSchema:schema66.properties.test,data:data8};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
else {
const err17 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema66.type,parentSchema:schema66,data};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
validate59.errors = vErrors;
return errors === 0;
}

const schema70 = {"title":"Windows","description":"When changes may begin. Without it, always. An environment may set single fields anew.","type":"object","additionalProperties":false,"properties":{"zone":{"description":"IANA time zone in which days and times are meant.","type":"string","minLength":1,"maxLength":64,"default":"UTC","examples":["Europe/Oslo"]},"open":{"description":"The windows. Without one it is always open, but for the freezes.","type":"array","items":{"$ref":"#/definitions/window"},"default":[],"examples":[[{"days":["mon-thu"],"from":"08:00","to":"15:00"}]]},"freeze":{"description":"Times in which no change may begin, whatever the windows say.","type":"array","items":{"$ref":"#/definitions/freeze"},"default":[],"examples":[[{"from":"2026-12-18","to":"2027-01-04","reason":"Christmas"}]]},"calendar":{"description":"Path of an iCalendar file. Every event in it is a freeze; its summary is the reason. Read afresh at every pass.","$ref":"#/definitions/path","examples":["freezes.ics"]}},"examples":[{"zone":"Europe/Oslo","open":[{"days":["mon-thu"],"from":"08:00","to":"15:00"}],"calendar":"freezes.ics"}]};
const schema71 = {"title":"Window","description":"A time in which changes may begin, on each of the days.","type":"object","additionalProperties":false,"required":["from","to"],"properties":{"days":{"description":"The days on which it opens.","type":"array","minItems":1,"items":{"$ref":"#/definitions/weekdays"},"default":["mon-sun"],"examples":[["mon-thu"],["sat","sun"]]},"from":{"description":"When it opens, by the clock on the wall: \"08:00\".","type":"string","pattern":"^([01][0-9]|2[0-3]):[0-5][0-9]$","examples":["08:00","22:00"]},"to":{"description":"When it closes, up to \"24:00\". A time before \"from\" is one of the next day.","type":"string","pattern":"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$","examples":["15:00","24:00","06:00"]}},"examples":[{"days":["mon-thu"],"from":"08:00","to":"15:00"}]};
const schema72 = {"title":"Weekdays","description":"A day or a range of days, by their first three letters: \"mon\", \"sat-sun\".","type":"string","pattern":"^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$","examples":["mon-fri","sat"]};
const pattern35 = new RegExp("^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$", "u");
const pattern36 = new RegExp("^([01][0-9]|2[0-3]):[0-5][0-9]$", "u");
const pattern37 = new RegExp("^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", "u");

function validate62(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.from === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "from"},message:"must have required property '"+"from"+"'",schema:schema71.required,parentSchema:schema71,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.to === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "to"},message:"must have required property '"+"to"+"'",schema:schema71.required,parentSchema:schema71,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "days") || (key0 === "from")) || (key0 === "to"))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema71,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.days !== undefined){
let data0 = data.days;
if(Array.isArray(data0)){
if(data0.length < 1){
const err3 = {instancePath:instancePath+"/days",schemaPath:"#/properties/days/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema71.properties.days,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 === "string"){
if(!pattern35.test(data1)){
const err4 = {instancePath:instancePath+"/days/" + i0,schemaPath:"#/definitions/weekdays/pattern",keyword:"pattern",params:{pattern: "^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$"},message:"must match pattern \""+"^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$"+"\"",schema:"^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$",parentSchema:schema72,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/days/" + i0,schemaPath:"#/definitions/weekdays/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema72.type,parentSchema:schema72,data:data1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
}
else {
const err6 = {instancePath:instancePath+"/days",schemaPath:"#/properties/days/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema71.properties.days.type,parentSchema:schema71.properties.days,data:data0};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.from !== undefined){
let data2 = data.from;
if(typeof data2 === "string"){
if(!pattern36.test(data2)){
const err7 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/pattern",keyword:"pattern",params:{pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$"},message:"must match pattern \""+"^([01][0-9]|2[0-3]):[0-5][0-9]$"+"\"",schema:"^([01][0-9]|2[0-3]):[0-5][0-9]$",parentSchema:schema71.properties.from,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema71.properties.from.type,parentSchema:schema71.properties.from,data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.to !== undefined){
let data3 = data.to;
if(typeof data3 === "string"){
if(!pattern37.test(data3)){
const err9 = {instancePath:instancePath+"/to",schemaPath:"#/properties/to/pattern",keyword:"pattern",params:{pattern: "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"},message:"must match pattern \""+"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"+"\"",schema:"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",parentSchema:schema71.properties.to,data:data3};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/to",schemaPath:"#/properties/to/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema71.properties.to.type,parentSchema:schema71.properties.to,data:data3};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
else {
const err11 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema71.type,parentSchema:schema71,data};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
validate62.errors = vErrors;
return errors === 0;
}

const schema73 = {"title":"FreezeTime","description":"A time in which no change may begin.","type":"object","additionalProperties":false,"required":["from","to","reason"],"properties":{"from":{"description":"First day, or the moment at which it begins.","$ref":"#/definitions/day","examples":["2026-12-18","2026-12-01T12:00"]},"to":{"description":"Last day, which belongs to it, or the moment at which it ends.","$ref":"#/definitions/day","examples":["2027-01-04","2026-12-01T18:00"]},"reason":{"description":"Why, as status shows it.","type":"string","minLength":1,"maxLength":200,"examples":["Christmas"]}},"examples":[{"from":"2026-12-18","to":"2027-01-04","reason":"Christmas"}]};
const schema74 = {"title":"Day","description":"A date, or a date and a time of the clock on the wall: \"2026-12-18\", \"2026-12-18T12:00\".","type":"string","pattern":"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9])?$","examples":["2026-12-18","2026-12-01T12:00"]};
const pattern38 = new RegExp("^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9])?$", "u");

function validate64(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.from === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "from"},message:"must have required property '"+"from"+"'",schema:schema73.required,parentSchema:schema73,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.to === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "to"},message:"must have required property '"+"to"+"'",schema:schema73.required,parentSchema:schema73,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.reason === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "reason"},message:"must have required property '"+"reason"+"'",schema:schema73.required,parentSchema:schema73,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "from") || (key0 === "to")) || (key0 === "reason"))){
const err3 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema73,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.from !== undefined){
let data0 = data.from;
if(typeof data0 === "string"){
if(!pattern38.test(data0)){
const err4 = {instancePath:instancePath+"/from",schemaPath:"#/definitions/day/pattern",keyword:"pattern",params:{pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9])?$"},message:"must match pattern \""+"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9])?$"+"\"",schema:"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9])?$",parentSchema:schema74,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/from",schemaPath:"#/definitions/day/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema74.type,parentSchema:schema74,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.to !== undefined){
let data1 = data.to;
if(typeof data1 === "string"){
if(!pattern38.test(data1)){
const err6 = {instancePath:instancePath+"/to",schemaPath:"#/definitions/day/pattern",keyword:"pattern",params:{pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9])?$"},message:"must match pattern \""+"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9])?$"+"\"",schema:"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9])?$",parentSchema:schema74,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/to",schemaPath:"#/definitions/day/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema74.type,parentSchema:schema74,data:data1};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.reason !== undefined){
let data2 = data.reason;
if(typeof data2 === "string"){
if(func3(data2) > 200){
const err8 = {instancePath:instancePath+"/reason",schemaPath:"#/properties/reason/maxLength",keyword:"maxLength",params:{limit: 200},message:"must NOT have more than 200 characters",schema:200,parentSchema:schema73.properties.reason,data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(func3(data2) < 1){
const err9 = {instancePath:instancePath+"/reason",schemaPath:"#/properties/reason/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema73.properties.reason,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/reason",schemaPath:"#/properties/reason/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema73.properties.reason.type,parentSchema:schema73.properties.reason,data:data2};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
else {
const err11 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema73.type,parentSchema:schema73,data};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
validate64.errors = vErrors;
return errors === 0;
}


function validate61(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((key0 === "zone") || (key0 === "open")) || (key0 === "freeze")) || (key0 === "calendar"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema70,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.zone !== undefined){
let data0 = data.zone;
if(typeof data0 === "string"){
if(func3(data0) > 64){
const err1 = {instancePath:instancePath+"/zone",schemaPath:"#/properties/zone/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters",schema:64,parentSchema:schema70.properties.zone,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(func3(data0) < 1){
const err2 = {instancePath:instancePath+"/zone",schemaPath:"#/properties/zone/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema70.properties.zone,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/zone",schemaPath:"#/properties/zone/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema70.properties.zone.type,parentSchema:schema70.properties.zone,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.open !== undefined){
let data1 = data.open;
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(!(validate62(data1[i0], {instancePath:instancePath+"/open/" + i0,parentData:data1,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate62.errors : vErrors.concat(validate62.errors);
errors = vErrors.length;
}
}
}
else {
const err4 = {instancePath:instancePath+"/open",schemaPath:"#/properties/open/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema70.properties.open.type,parentSchema:schema70.properties.open,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.freeze !== undefined){
let data3 = data.freeze;
if(Array.isArray(data3)){
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
if(!(validate64(data3[i1], {instancePath:instancePath+"/freeze/" + i1,parentData:data3,parentDataProperty:i1,rootData}))){
vErrors = vErrors === null ? validate64.errors : vErrors.concat(validate64.errors);
errors = vErrors.length;
}
}
}
else {
const err5 = {instancePath:instancePath+"/freeze",schemaPath:"#/properties/freeze/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema70.properties.freeze.type,parentSchema:schema70.properties.freeze,data:data3};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.calendar !== undefined){
let data5 = data.calendar;
if(typeof data5 === "string"){
if(func3(data5) > 4096){
const err6 = {instancePath:instancePath+"/calendar",schemaPath:"#/definitions/path/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema15,data:data5};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(func3(data5) < 1){
const err7 = {instancePath:instancePath+"/calendar",schemaPath:"#/definitions/path/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema15,data:data5};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/calendar",schemaPath:"#/definitions/path/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema15.type,parentSchema:schema15,data:data5};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
else {
const err9 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema70.type,parentSchema:schema70,data};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
validate61.errors = vErrors;
return errors === 0;
}

const schema77 = {"title":"HealthGates","description":"Health gates: Ansible roles that must pass before the rollout goes on. Those of an environment stand in place of the fleet's.","type":"array","items":{"$ref":"#/definitions/healthGate"},"examples":[[{"name":"storage","role":"ready_checklist"}]]};
const schema78 = {"title":"Health","description":"An Ansible role that must pass before the rollout goes on.","type":"object","additionalProperties":false,"required":["name","role"],"properties":{"name":{"description":"Name of the gate, as status shows it.","$ref":"#/definitions/name","examples":["storage"]},"role":{"description":"Name of the role: one of the playbook repository, one of a collection, or one that comes with patchrun.","type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9_./-]{0,254}$","examples":["ready_checklist","example.cluster.storage_check"]},"at":{"description":"When it is asked: before a rollout, after the canaries, between waves, at the end; with visit, on each node that was drained, before it is given back.","type":"array","minItems":1,"items":{"enum":["start","canaries","waves","visit","end"]},"default":["start","canaries","waves","end"],"examples":[["start","end"],["visit"]]},"vars":{"description":"Variables of the role.","$ref":"#/definitions/variables","default":{},"examples":[{"mounts":["/scratch"]}]}},"examples":[{"name":"storage","role":"ready_checklist","at":["start","canaries"],"vars":{"ready_mounts":["/scratch"]}}]};
const pattern41 = new RegExp("^[A-Za-z0-9_][A-Za-z0-9_./-]{0,254}$", "u");

function validate68(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.name === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'",schema:schema78.required,parentSchema:schema78,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.role === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "role"},message:"must have required property '"+"role"+"'",schema:schema78.required,parentSchema:schema78,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "name") || (key0 === "role")) || (key0 === "at")) || (key0 === "vars"))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema78,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(!pattern0.test(data0)){
const err3 = {instancePath:instancePath+"/name",schemaPath:"#/definitions/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$",parentSchema:schema12,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/name",schemaPath:"#/definitions/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema12.type,parentSchema:schema12,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.role !== undefined){
let data1 = data.role;
if(typeof data1 === "string"){
if(!pattern41.test(data1)){
const err5 = {instancePath:instancePath+"/role",schemaPath:"#/properties/role/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_][A-Za-z0-9_./-]{0,254}$"},message:"must match pattern \""+"^[A-Za-z0-9_][A-Za-z0-9_./-]{0,254}$"+"\"",schema:"^[A-Za-z0-9_][A-Za-z0-9_./-]{0,254}$",parentSchema:schema78.properties.role,data:data1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/role",schemaPath:"#/properties/role/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema78.properties.role.type,parentSchema:schema78.properties.role,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.at !== undefined){
let data2 = data.at;
if(Array.isArray(data2)){
if(data2.length < 1){
const err7 = {instancePath:instancePath+"/at",schemaPath:"#/properties/at/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema78.properties.at,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
let data3 = data2[i0];
if(!(((((data3 === "start") || (data3 === "canaries")) || (data3 === "waves")) || (data3 === "visit")) || (data3 === "end"))){
const err8 = {instancePath:instancePath+"/at/" + i0,schemaPath:"#/properties/at/items/enum",keyword:"enum",params:{allowedValues: schema78.properties.at.items.enum},message:"must be equal to one of the allowed values",schema:schema78.properties.at.items.enum,parentSchema:schema78.properties.at.items,data:data3};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
else {
const err9 = {instancePath:instancePath+"/at",schemaPath:"#/properties/at/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema78.properties.at.type,parentSchema:schema78.properties.at,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.vars !== undefined){
if(!(validate12(data.vars, {instancePath:instancePath+"/vars",parentData:data,parentDataProperty:"vars",rootData}))){
vErrors = vErrors === null ? validate12.errors : vErrors.concat(validate12.errors);
errors = vErrors.length;
}
}
}
else {
const err10 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema78.type,parentSchema:schema78,data};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
validate68.errors = vErrors;
return errors === 0;
}


function validate67(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
if(!(validate68(data[i0], {instancePath:instancePath+"/" + i0,parentData:data,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate68.errors : vErrors.concat(validate68.errors);
errors = vErrors.length;
}
}
}
else {
const err0 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema77.type,parentSchema:schema77,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
validate67.errors = vErrors;
return errors === 0;
}

const schema80 = {"title":"Notify","description":"Who is told what a rollout does, by a name of your choice. The targets of an environment stand in place of the fleet's.","type":"object","propertyNames":{"$ref":"#/definitions/name"},"additionalProperties":{"$ref":"#/definitions/notifyTarget"},"examples":[{"ops":{"slack":{"env":"PATCHRUN_SLACK"}},"desk":{"webhook":{"url":"https://desk.example.org/hooks/patchrun","secret":{"file":"/etc/patchrun/desk.key"}}}}]};
const schema82 = {"title":"NotifyTarget","description":"Somebody who is told: Slack, or a webhook of your own.","type":"object","additionalProperties":false,"properties":{"slack":{"description":"The URL of an incoming webhook of Slack. It is a secret: whoever has it can write there.","$ref":"#/definitions/secretSource","examples":[{"env":"PATCHRUN_SLACK"}]},"webhook":{"title":"Webhook","description":"Each message is posted as JSON (schemas/notification.schema.json), signed as Standard Webhooks has it.","type":"object","additionalProperties":false,"required":["url","secret"],"properties":{"url":{"description":"Where it is posted to: an https URL, http on this machine only. One that holds a secret comes from the environment or a file.","anyOf":[{"title":"WebhookUrl","type":"string","minLength":1,"maxLength":2048},{"$ref":"#/definitions/secretSource"}],"examples":["https://desk.example.org/hooks/patchrun",{"env":"DESK_URL"}]},"secret":{"description":"The key that messages are signed with (HMAC-SHA256). One that begins with whsec_ is read as base64.","$ref":"#/definitions/secretSource","examples":[{"file":"/etc/patchrun/desk.key"}]}},"examples":[{"url":"https://desk.example.org/hooks/patchrun","secret":{"file":"/etc/patchrun/desk.key"}}]},"on":{"description":"What is told; without it, all.","type":"array","minItems":1,"items":{"enum":["started","canary-passed","halted","waiting-approval","quarantined","done","rolled-back"]},"default":["started","canary-passed","halted","waiting-approval","quarantined","done","rolled-back"],"examples":[["halted","waiting-approval","quarantined"]]}},"examples":[{"slack":{"env":"PATCHRUN_SLACK"},"on":["halted","waiting-approval","quarantined"]}]};
const schema83 = {"title":"SecretSource","description":"Where a secret is found when it is needed. The secret itself never stands in this file, unless it is encrypted.","anyOf":[{"title":"SecretOfEnvironment","description":"A variable of the environment that patchrun runs in.","type":"object","additionalProperties":false,"required":["env"],"properties":{"env":{"description":"Name of the variable.","type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]{0,254}$","examples":["PATCHRUN_SLACK"]}},"examples":[{"env":"PATCHRUN_SLACK"}]},{"title":"SecretOfFile","description":"A file that holds the secret and nothing else. A line end after it does not count.","type":"object","additionalProperties":false,"required":["file"],"properties":{"file":{"description":"Path of the file; a relative one is taken from the directory of this file.","$ref":"#/definitions/path","examples":["/etc/patchrun/slack"]}},"examples":[{"file":"/etc/patchrun/slack"}]},{"title":"SecretOfVault","description":"The secret itself, encrypted with Ansible's vault: a !vault value. Ansible opens it when it is needed.","type":"object","additionalProperties":false,"required":["__ansible_vault"],"properties":{"__ansible_vault":{"description":"The encrypted text, as ansible-vault encrypt_string prints it.","type":"string","examples":["$ANSIBLE_VAULT;1.1;AES256\n3366..."]}},"examples":[{"__ansible_vault":"$ANSIBLE_VAULT;1.1;AES256\n3366..."}]}],"examples":[{"env":"PATCHRUN_SLACK"},{"file":"/etc/patchrun/slack"}]};
const pattern43 = new RegExp("^[A-Za-z_][A-Za-z0-9_]{0,254}$", "u");

function validate74(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
const _errs0 = errors;
let valid0 = false;
const _errs1 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.env === undefined){
const err0 = {instancePath,schemaPath:"#/anyOf/0/required",keyword:"required",params:{missingProperty: "env"},message:"must have required property '"+"env"+"'",schema:schema83.anyOf[0].required,parentSchema:schema83.anyOf[0],data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(key0 === "env")){
const err1 = {instancePath,schemaPath:"#/anyOf/0/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema83.anyOf[0],data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.env !== undefined){
let data0 = data.env;
if(typeof data0 === "string"){
if(!pattern43.test(data0)){
const err2 = {instancePath:instancePath+"/env",schemaPath:"#/anyOf/0/properties/env/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]{0,254}$"},message:"must match pattern \""+"^[A-Za-z_][A-Za-z0-9_]{0,254}$"+"\"",schema:"^[A-Za-z_][A-Za-z0-9_]{0,254}$",parentSchema:schema83.anyOf[0].properties.env,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/env",schemaPath:"#/anyOf/0/properties/env/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema83.anyOf[0].properties.env.type,parentSchema:schema83.anyOf[0].properties.env,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
}
else {
const err4 = {instancePath,schemaPath:"#/anyOf/0/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema83.anyOf[0].type,parentSchema:schema83.anyOf[0],data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
var _valid0 = _errs1 === errors;
valid0 = valid0 || _valid0;
if(!valid0){
const _errs6 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.file === undefined){
const err5 = {instancePath,schemaPath:"#/anyOf/1/required",keyword:"required",params:{missingProperty: "file"},message:"must have required property '"+"file"+"'",schema:schema83.anyOf[1].required,parentSchema:schema83.anyOf[1],data};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
for(const key1 in data){
if(!(key1 === "file")){
const err6 = {instancePath,schemaPath:"#/anyOf/1/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema83.anyOf[1],data};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.file !== undefined){
let data1 = data.file;
if(typeof data1 === "string"){
if(func3(data1) > 4096){
const err7 = {instancePath:instancePath+"/file",schemaPath:"#/definitions/path/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema15,data:data1};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(func3(data1) < 1){
const err8 = {instancePath:instancePath+"/file",schemaPath:"#/definitions/path/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema15,data:data1};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/file",schemaPath:"#/definitions/path/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema15.type,parentSchema:schema15,data:data1};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
}
else {
const err10 = {instancePath,schemaPath:"#/anyOf/1/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema83.anyOf[1].type,parentSchema:schema83.anyOf[1],data};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
var _valid0 = _errs6 === errors;
valid0 = valid0 || _valid0;
if(!valid0){
const _errs12 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.__ansible_vault === undefined){
const err11 = {instancePath,schemaPath:"#/anyOf/2/required",keyword:"required",params:{missingProperty: "__ansible_vault"},message:"must have required property '"+"__ansible_vault"+"'",schema:schema83.anyOf[2].required,parentSchema:schema83.anyOf[2],data};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
for(const key2 in data){
if(!(key2 === "__ansible_vault")){
const err12 = {instancePath,schemaPath:"#/anyOf/2/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema83.anyOf[2],data};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.__ansible_vault !== undefined){
let data2 = data.__ansible_vault;
if(typeof data2 !== "string"){
const err13 = {instancePath:instancePath+"/__ansible_vault",schemaPath:"#/anyOf/2/properties/__ansible_vault/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema83.anyOf[2].properties.__ansible_vault.type,parentSchema:schema83.anyOf[2].properties.__ansible_vault,data:data2};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath,schemaPath:"#/anyOf/2/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema83.anyOf[2].type,parentSchema:schema83.anyOf[2],data};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
var _valid0 = _errs12 === errors;
valid0 = valid0 || _valid0;
}
}
if(!valid0){
const err15 = {instancePath,schemaPath:"#/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema83.anyOf,parentSchema:schema83,data};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
else {
errors = _errs0;
if(vErrors !== null){
if(_errs0){
vErrors.length = _errs0;
}
else {
vErrors = null;
}
}
}
validate74.errors = vErrors;
return errors === 0;
}


function validate73(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((key0 === "slack") || (key0 === "webhook")) || (key0 === "on"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema82,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.slack !== undefined){
if(!(validate74(data.slack, {instancePath:instancePath+"/slack",parentData:data,parentDataProperty:"slack",rootData}))){
vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
errors = vErrors.length;
}
}
if(data.webhook !== undefined){
let data1 = data.webhook;
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
if(data1.url === undefined){
const err1 = {instancePath:instancePath+"/webhook",schemaPath:"#/properties/webhook/required",keyword:"required",params:{missingProperty: "url"},message:"must have required property '"+"url"+"'",schema:schema82.properties.webhook.required,parentSchema:schema82.properties.webhook,data:data1};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data1.secret === undefined){
const err2 = {instancePath:instancePath+"/webhook",schemaPath:"#/properties/webhook/required",keyword:"required",params:{missingProperty: "secret"},message:"must have required property '"+"secret"+"'",schema:schema82.properties.webhook.required,parentSchema:schema82.properties.webhook,data:data1};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
for(const key1 in data1){
if(!((key1 === "url") || (key1 === "secret"))){
const err3 = {instancePath:instancePath+"/webhook",schemaPath:"#/properties/webhook/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema82.properties.webhook,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data1.url !== undefined){
let data2 = data1.url;
const _errs7 = errors;
let valid2 = false;
const _errs8 = errors;
if(typeof data2 === "string"){
if(func3(data2) > 2048){
const err4 = {instancePath:instancePath+"/webhook/url",schemaPath:"#/properties/webhook/properties/url/anyOf/0/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters",schema:2048,parentSchema:schema82.properties.webhook.properties.url.anyOf[0],data:data2};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(func3(data2) < 1){
const err5 = {instancePath:instancePath+"/webhook/url",schemaPath:"#/properties/webhook/properties/url/anyOf/0/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema82.properties.webhook.properties.url.anyOf[0],data:data2};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/webhook/url",schemaPath:"#/properties/webhook/properties/url/anyOf/0/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema82.properties.webhook.properties.url.anyOf[0].type,parentSchema:schema82.properties.webhook.properties.url.anyOf[0],data:data2};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
var _valid0 = _errs8 === errors;
valid2 = valid2 || _valid0;
if(!valid2){
const _errs10 = errors;
if(!(validate74(data2, {instancePath:instancePath+"/webhook/url",parentData:data1,parentDataProperty:"url",rootData}))){
vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
errors = vErrors.length;
}
var _valid0 = _errs10 === errors;
valid2 = valid2 || _valid0;
}
if(!valid2){
const err7 = {instancePath:instancePath+"/webhook/url",schemaPath:"#/properties/webhook/properties/url/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema82.properties.webhook.properties.url.anyOf,parentSchema:schema82.properties.webhook.properties.url,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
else {
errors = _errs7;
if(vErrors !== null){
if(_errs7){
vErrors.length = _errs7;
}
else {
vErrors = null;
}
}
}
}
if(data1.secret !== undefined){
if(!(validate74(data1.secret, {instancePath:instancePath+"/webhook/secret",parentData:data1,parentDataProperty:"secret",rootData}))){
vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
errors = vErrors.length;
}
}
}
else {
const err8 = {instancePath:instancePath+"/webhook",schemaPath:"#/properties/webhook/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema82.properties.webhook.type,parentSchema:schema82.properties.webhook,data:data1};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.on !== undefined){
let data4 = data.on;
if(Array.isArray(data4)){
if(data4.length < 1){
const err9 = {instancePath:instancePath+"/on",schemaPath:"#/properties/on/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema82.properties.on,data:data4};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
const len0 = data4.length;
for(let i0=0; i0<len0; i0++){
let data5 = data4[i0];
if(!(((((((data5 === "started") || (data5 === "canary-passed")) || (data5 === "halted")) || (data5 === "waiting-approval")) || (data5 === "quarantined")) || (data5 === "done")) || (data5 === "rolled-back"))){
const err10 = {instancePath:instancePath+"/on/" + i0,schemaPath:"#/properties/on/items/enum",keyword:"enum",params:{allowedValues: schema82.properties.on.items.enum},message:"must be equal to one of the allowed values",schema:schema82.properties.on.items.enum,parentSchema:schema82.properties.on.items,data:data5};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
else {
const err11 = {instancePath:instancePath+"/on",schemaPath:"#/properties/on/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema82.properties.on.type,parentSchema:schema82.properties.on,data:data4};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
}
else {
const err12 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema82.type,parentSchema:schema82,data};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
validate73.errors = vErrors;
return errors === 0;
}


function validate72(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
const _errs1 = errors;
if(typeof key0 === "string"){
if(!pattern0.test(key0)){
const err0 = {instancePath,schemaPath:"#/definitions/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$",parentSchema:schema12,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/definitions/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema12.type,parentSchema:schema12,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
var valid0 = _errs1 === errors;
if(!valid0){
const err2 = {instancePath,schemaPath:"#/propertyNames",keyword:"propertyNames",params:{propertyName: key0},message:"property name must be valid",schema:schema80.propertyNames,parentSchema:schema80,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
for(const key1 in data){
if(!(validate73(data[key1], {instancePath:instancePath+"/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data,parentDataProperty:key1,rootData}))){
vErrors = vErrors === null ? validate73.errors : vErrors.concat(validate73.errors);
errors = vErrors.length;
}
}
}
else {
const err3 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema80.type,parentSchema:schema80,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
validate72.errors = vErrors;
return errors === 0;
}

const schema85 = {"title":"Ansible","description":"How ansible-playbook is called.","type":"object","additionalProperties":false,"properties":{"executable":{"description":"Path of the ansible-playbook to use. Without it one is looked for.","$ref":"#/definitions/path","examples":["/opt/ansible/bin/ansible-playbook"]},"forks":{"description":"Nodes worked on at the same time.","type":"integer","minimum":1,"maximum":1000,"default":20,"examples":[50]},"config":{"description":"The ansible.cfg of the playbook repository: use it, with dangerous settings overridden, or ignore it.","enum":["repository","none"],"default":"repository","examples":["none"]},"hangTimeout":{"description":"A node whose task gives no result for this long is cut loose.","$ref":"#/definitions/duration","default":"30m","examples":["30m","2h"]},"connectTimeout":{"description":"How long a connection to a node may take to come up.","$ref":"#/definitions/duration","default":"10s","examples":["10s","1m"]},"diff":{"description":"Keep diffs of what changes. Turn it off where files hold secrets that no no_log covers.","type":"boolean","default":true,"examples":[false]},"extraArgs":{"description":"Further arguments of ansible-playbook. Ones that choose hosts, tags, inventory, playbook or check mode are refused, and so are variables on the command line, which everybody on the machine can read.","type":"array","items":{"type":"string"},"default":[],"examples":[["--private-key","/etc/patchrun/id_ed25519"]]},"vault":{"$ref":"#/definitions/vault"}},"examples":[{"forks":50,"vault":[{"id":"prod","file":"/etc/patchrun/vault-pass"}]}]};
const schema89 = {"title":"Vault","description":"The passwords of Ansible's vault, in the order in which Ansible tries them: files, or scripts that print one. See docs/usage/vault.md.","type":"array","default":[],"items":{"anyOf":[{"title":"VaultFile","description":"A file that holds one password and nothing else.","type":"object","additionalProperties":false,"required":["file"],"properties":{"id":{"description":"The vault id: the label that values encrypted with this password carry.","$ref":"#/definitions/name","default":"default","examples":["prod"]},"file":{"description":"Path of the file. It must not be executable: Ansible would run it.","$ref":"#/definitions/path","examples":["/etc/patchrun/vault-pass"]}},"examples":[{"id":"prod","file":"/etc/patchrun/vault-pass"}]},{"title":"VaultScript","description":"An executable that prints one password. One whose name ends in -client (before a file extension) is given --vault-id and the label.","type":"object","additionalProperties":false,"required":["script"],"properties":{"id":{"description":"The vault id: the label that values encrypted with this password carry.","$ref":"#/definitions/name","default":"default","examples":["prod"]},"script":{"description":"Path of the executable.","$ref":"#/definitions/path","examples":["./vault-keyring-client.sh"]}},"examples":[{"id":"prod","script":"./vault-keyring-client.sh"}]}]},"examples":[[{"id":"prod","file":"/etc/patchrun/vault-pass"}]]};

function validate81(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
let data0 = data[i0];
const _errs2 = errors;
let valid2 = false;
const _errs3 = errors;
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.file === undefined){
const err0 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/0/required",keyword:"required",params:{missingProperty: "file"},message:"must have required property '"+"file"+"'",schema:schema89.items.anyOf[0].required,parentSchema:schema89.items.anyOf[0],data:data0};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data0){
if(!((key0 === "id") || (key0 === "file"))){
const err1 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/0/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema89.items.anyOf[0],data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data0.id !== undefined){
let data1 = data0.id;
if(typeof data1 === "string"){
if(!pattern0.test(data1)){
const err2 = {instancePath:instancePath+"/" + i0+"/id",schemaPath:"#/definitions/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$",parentSchema:schema12,data:data1};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/" + i0+"/id",schemaPath:"#/definitions/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema12.type,parentSchema:schema12,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data0.file !== undefined){
let data2 = data0.file;
if(typeof data2 === "string"){
if(func3(data2) > 4096){
const err4 = {instancePath:instancePath+"/" + i0+"/file",schemaPath:"#/definitions/path/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema15,data:data2};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(func3(data2) < 1){
const err5 = {instancePath:instancePath+"/" + i0+"/file",schemaPath:"#/definitions/path/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema15,data:data2};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/" + i0+"/file",schemaPath:"#/definitions/path/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema15.type,parentSchema:schema15,data:data2};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
else {
const err7 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/0/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema89.items.anyOf[0].type,parentSchema:schema89.items.anyOf[0],data:data0};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
var _valid0 = _errs3 === errors;
valid2 = valid2 || _valid0;
if(!valid2){
const _errs12 = errors;
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.script === undefined){
const err8 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/1/required",keyword:"required",params:{missingProperty: "script"},message:"must have required property '"+"script"+"'",schema:schema89.items.anyOf[1].required,parentSchema:schema89.items.anyOf[1],data:data0};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
for(const key1 in data0){
if(!((key1 === "id") || (key1 === "script"))){
const err9 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/1/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema89.items.anyOf[1],data:data0};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data0.id !== undefined){
let data3 = data0.id;
if(typeof data3 === "string"){
if(!pattern0.test(data3)){
const err10 = {instancePath:instancePath+"/" + i0+"/id",schemaPath:"#/definitions/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$",parentSchema:schema12,data:data3};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/" + i0+"/id",schemaPath:"#/definitions/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema12.type,parentSchema:schema12,data:data3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data0.script !== undefined){
let data4 = data0.script;
if(typeof data4 === "string"){
if(func3(data4) > 4096){
const err12 = {instancePath:instancePath+"/" + i0+"/script",schemaPath:"#/definitions/path/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema15,data:data4};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(func3(data4) < 1){
const err13 = {instancePath:instancePath+"/" + i0+"/script",schemaPath:"#/definitions/path/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema15,data:data4};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/" + i0+"/script",schemaPath:"#/definitions/path/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema15.type,parentSchema:schema15,data:data4};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
else {
const err15 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/1/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema89.items.anyOf[1].type,parentSchema:schema89.items.anyOf[1],data:data0};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
var _valid0 = _errs12 === errors;
valid2 = valid2 || _valid0;
}
if(!valid2){
const err16 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema89.items.anyOf,parentSchema:schema89.items,data:data0};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
else {
errors = _errs2;
if(vErrors !== null){
if(_errs2){
vErrors.length = _errs2;
}
else {
vErrors = null;
}
}
}
}
}
else {
const err17 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema89.type,parentSchema:schema89,data};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
validate81.errors = vErrors;
return errors === 0;
}


function validate80(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((((((key0 === "executable") || (key0 === "forks")) || (key0 === "config")) || (key0 === "hangTimeout")) || (key0 === "connectTimeout")) || (key0 === "diff")) || (key0 === "extraArgs")) || (key0 === "vault"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema85,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.executable !== undefined){
let data0 = data.executable;
if(typeof data0 === "string"){
if(func3(data0) > 4096){
const err1 = {instancePath:instancePath+"/executable",schemaPath:"#/definitions/path/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema15,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(func3(data0) < 1){
const err2 = {instancePath:instancePath+"/executable",schemaPath:"#/definitions/path/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema15,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/executable",schemaPath:"#/definitions/path/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema15.type,parentSchema:schema15,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.forks !== undefined){
let data1 = data.forks;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
const err4 = {instancePath:instancePath+"/forks",schemaPath:"#/properties/forks/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema85.properties.forks.type,parentSchema:schema85.properties.forks,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 1000 || isNaN(data1)){
const err5 = {instancePath:instancePath+"/forks",schemaPath:"#/properties/forks/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},message:"must be <= 1000",schema:1000,parentSchema:schema85.properties.forks,data:data1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data1 < 1 || isNaN(data1)){
const err6 = {instancePath:instancePath+"/forks",schemaPath:"#/properties/forks/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema85.properties.forks,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
if(data.config !== undefined){
let data2 = data.config;
if(!((data2 === "repository") || (data2 === "none"))){
const err7 = {instancePath:instancePath+"/config",schemaPath:"#/properties/config/enum",keyword:"enum",params:{allowedValues: schema85.properties.config.enum},message:"must be equal to one of the allowed values",schema:schema85.properties.config.enum,parentSchema:schema85.properties.config,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.hangTimeout !== undefined){
let data3 = data.hangTimeout;
if(typeof data3 === "string"){
if(!pattern8.test(data3)){
const err8 = {instancePath:instancePath+"/hangTimeout",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(ms|s|m|h|d))+$"},message:"must match pattern \""+"^([0-9]{1,9}(ms|s|m|h|d))+$"+"\"",schema:"^([0-9]{1,9}(ms|s|m|h|d))+$",parentSchema:schema33,data:data3};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/hangTimeout",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data3};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.connectTimeout !== undefined){
let data4 = data.connectTimeout;
if(typeof data4 === "string"){
if(!pattern8.test(data4)){
const err10 = {instancePath:instancePath+"/connectTimeout",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(ms|s|m|h|d))+$"},message:"must match pattern \""+"^([0-9]{1,9}(ms|s|m|h|d))+$"+"\"",schema:"^([0-9]{1,9}(ms|s|m|h|d))+$",parentSchema:schema33,data:data4};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/connectTimeout",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data4};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.diff !== undefined){
let data5 = data.diff;
if(typeof data5 !== "boolean"){
const err12 = {instancePath:instancePath+"/diff",schemaPath:"#/properties/diff/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema85.properties.diff.type,parentSchema:schema85.properties.diff,data:data5};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.extraArgs !== undefined){
let data6 = data.extraArgs;
if(Array.isArray(data6)){
const len0 = data6.length;
for(let i0=0; i0<len0; i0++){
let data7 = data6[i0];
if(typeof data7 !== "string"){
const err13 = {instancePath:instancePath+"/extraArgs/" + i0,schemaPath:"#/properties/extraArgs/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema85.properties.extraArgs.items.type,parentSchema:schema85.properties.extraArgs.items,data:data7};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath:instancePath+"/extraArgs",schemaPath:"#/properties/extraArgs/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema85.properties.extraArgs.type,parentSchema:schema85.properties.extraArgs,data:data6};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.vault !== undefined){
if(!(validate81(data.vault, {instancePath:instancePath+"/vault",parentData:data,parentDataProperty:"vault",rootData}))){
vErrors = vErrors === null ? validate81.errors : vErrors.concat(validate81.errors);
errors = vErrors.length;
}
}
}
else {
const err15 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema85.type,parentSchema:schema85,data};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
validate80.errors = vErrors;
return errors === 0;
}

const schema94 = {"title":"State","description":"Where patchrun keeps its journal.","type":"object","additionalProperties":false,"properties":{"directory":{"description":"Directory of the state. Every process that shares the fleet must see the same one.","$ref":"#/definitions/path","default":".patchrun","examples":["/var/lib/patchrun/m3"]},"git":{"description":"Journal, lock and mailbox lie in refs of a git repository instead: machines and CI jobs share them without sharing a file system. The directory then holds what belongs to this machine.","type":"object","additionalProperties":false,"properties":{"repository":{"description":"URL or path of the repository, which this user may push to. Without it, the playbook repository.","type":"string","minLength":1,"maxLength":4096,"examples":["https://git.example.org/ops/patchrun-state.git"]},"ref":{"description":"The refs of the fleet lie below this one. Without it, refs/patchrun/ and the fleet's name.","type":"string","minLength":6,"maxLength":200,"examples":["refs/patchrun/m3"]}},"examples":[{"repository":"https://git.example.org/ops/patchrun-state.git"}]},"lockTimeout":{"description":"How long a lock without a sign of life is held for that of a living process; at least 10s.","$ref":"#/definitions/duration","default":"60s","examples":["60s","5m"]}},"examples":[{"directory":"/var/lib/patchrun/m3"}]};

function validate84(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((key0 === "directory") || (key0 === "git")) || (key0 === "lockTimeout"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema94,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.directory !== undefined){
let data0 = data.directory;
if(typeof data0 === "string"){
if(func3(data0) > 4096){
const err1 = {instancePath:instancePath+"/directory",schemaPath:"#/definitions/path/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema15,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(func3(data0) < 1){
const err2 = {instancePath:instancePath+"/directory",schemaPath:"#/definitions/path/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema15,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/directory",schemaPath:"#/definitions/path/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema15.type,parentSchema:schema15,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.git !== undefined){
let data1 = data.git;
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
for(const key1 in data1){
if(!((key1 === "repository") || (key1 === "ref"))){
const err4 = {instancePath:instancePath+"/git",schemaPath:"#/properties/git/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema94.properties.git,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data1.repository !== undefined){
let data2 = data1.repository;
if(typeof data2 === "string"){
if(func3(data2) > 4096){
const err5 = {instancePath:instancePath+"/git/repository",schemaPath:"#/properties/git/properties/repository/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema94.properties.git.properties.repository,data:data2};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(func3(data2) < 1){
const err6 = {instancePath:instancePath+"/git/repository",schemaPath:"#/properties/git/properties/repository/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema94.properties.git.properties.repository,data:data2};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/git/repository",schemaPath:"#/properties/git/properties/repository/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema94.properties.git.properties.repository.type,parentSchema:schema94.properties.git.properties.repository,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data1.ref !== undefined){
let data3 = data1.ref;
if(typeof data3 === "string"){
if(func3(data3) > 200){
const err8 = {instancePath:instancePath+"/git/ref",schemaPath:"#/properties/git/properties/ref/maxLength",keyword:"maxLength",params:{limit: 200},message:"must NOT have more than 200 characters",schema:200,parentSchema:schema94.properties.git.properties.ref,data:data3};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(func3(data3) < 6){
const err9 = {instancePath:instancePath+"/git/ref",schemaPath:"#/properties/git/properties/ref/minLength",keyword:"minLength",params:{limit: 6},message:"must NOT have fewer than 6 characters",schema:6,parentSchema:schema94.properties.git.properties.ref,data:data3};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/git/ref",schemaPath:"#/properties/git/properties/ref/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema94.properties.git.properties.ref.type,parentSchema:schema94.properties.git.properties.ref,data:data3};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
else {
const err11 = {instancePath:instancePath+"/git",schemaPath:"#/properties/git/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema94.properties.git.type,parentSchema:schema94.properties.git,data:data1};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.lockTimeout !== undefined){
let data4 = data.lockTimeout;
if(typeof data4 === "string"){
if(!pattern8.test(data4)){
const err12 = {instancePath:instancePath+"/lockTimeout",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(ms|s|m|h|d))+$"},message:"must match pattern \""+"^([0-9]{1,9}(ms|s|m|h|d))+$"+"\"",schema:"^([0-9]{1,9}(ms|s|m|h|d))+$",parentSchema:schema33,data:data4};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/lockTimeout",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data4};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema94.type,parentSchema:schema94,data};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
validate84.errors = vErrors;
return errors === 0;
}

const schema98 = {"title":"Environment","description":"A named part of the fleet with its own lists. The deny list of the fleet holds here too.","type":"object","additionalProperties":false,"required":["nodes"],"properties":{"nodes":{"title":"EnvironmentNodes","description":"The nodes of the environment; every one must be on the fleet's allow list.","type":"object","additionalProperties":false,"required":["allow","canary"],"properties":{"allow":{"description":"The nodes of the environment.","$ref":"#/definitions/hostList","examples":[["test[01-04]"]]},"deny":{"description":"Nodes that must not be touched here, besides those the fleet denies.","$ref":"#/definitions/hostList","default":[],"examples":[["test04"]]},"canary":{"description":"The nodes touched first.","$ref":"#/definitions/hostList","examples":[["test01"]]}},"examples":[{"allow":["test[01-04]"],"canary":["test01"]}]},"rollout":{"$ref":"#/definitions/rollout"},"drain":{"$ref":"#/definitions/drain"},"playbooks":{"title":"EnvironmentPlaybooks","description":"What differs from the fleet's playbooks.","type":"object","additionalProperties":false,"properties":{"ref":{"description":"Branch, tag or full commit that is rolled out here.","$ref":"#/definitions/ref","examples":["release-2025-11"]},"vars":{"description":"Extra variables here, over those of the fleet.","$ref":"#/definitions/variables","default":{},"examples":[{"target":"compute"}]}},"examples":[{"ref":"release-2025-11"}]},"windows":{"$ref":"#/definitions/windows"},"health":{"$ref":"#/definitions/healthGates"},"notify":{"$ref":"#/definitions/notify"},"after":{"description":"Environments that must have completed the very same commit before this one opens. Without it: the environment that is declared before this one. An empty list: none.","type":"array","items":{"$ref":"#/definitions/name"},"examples":[["test01","test02"],[]]},"soakBefore":{"description":"How long ago they must have completed it, at least.","$ref":"#/definitions/duration","default":"0s","examples":["1h","1d"]},"protected":{"description":"Before a rollout begins here, a person types the name of the environment. --yes says all the same that nobody is asked.","type":"boolean","default":false,"examples":[true]}},"examples":[{"nodes":{"allow":["test[01-04]"],"canary":["test01"]},"rollout":{"soak":"0s"}}]};

function validate86(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.nodes === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "nodes"},message:"must have required property '"+"nodes"+"'",schema:schema98.required,parentSchema:schema98,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema98.properties, key0))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema98,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.nodes !== undefined){
let data0 = data.nodes;
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.allow === undefined){
const err2 = {instancePath:instancePath+"/nodes",schemaPath:"#/properties/nodes/required",keyword:"required",params:{missingProperty: "allow"},message:"must have required property '"+"allow"+"'",schema:schema98.properties.nodes.required,parentSchema:schema98.properties.nodes,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0.canary === undefined){
const err3 = {instancePath:instancePath+"/nodes",schemaPath:"#/properties/nodes/required",keyword:"required",params:{missingProperty: "canary"},message:"must have required property '"+"canary"+"'",schema:schema98.properties.nodes.required,parentSchema:schema98.properties.nodes,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key1 in data0){
if(!(((key1 === "allow") || (key1 === "deny")) || (key1 === "canary"))){
const err4 = {instancePath:instancePath+"/nodes",schemaPath:"#/properties/nodes/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema98.properties.nodes,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data0.allow !== undefined){
if(!(validate16(data0.allow, {instancePath:instancePath+"/nodes/allow",parentData:data0,parentDataProperty:"allow",rootData}))){
vErrors = vErrors === null ? validate16.errors : vErrors.concat(validate16.errors);
errors = vErrors.length;
}
}
if(data0.deny !== undefined){
if(!(validate16(data0.deny, {instancePath:instancePath+"/nodes/deny",parentData:data0,parentDataProperty:"deny",rootData}))){
vErrors = vErrors === null ? validate16.errors : vErrors.concat(validate16.errors);
errors = vErrors.length;
}
}
if(data0.canary !== undefined){
if(!(validate16(data0.canary, {instancePath:instancePath+"/nodes/canary",parentData:data0,parentDataProperty:"canary",rootData}))){
vErrors = vErrors === null ? validate16.errors : vErrors.concat(validate16.errors);
errors = vErrors.length;
}
}
}
else {
const err5 = {instancePath:instancePath+"/nodes",schemaPath:"#/properties/nodes/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema98.properties.nodes.type,parentSchema:schema98.properties.nodes,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.rollout !== undefined){
if(!(validate49(data.rollout, {instancePath:instancePath+"/rollout",parentData:data,parentDataProperty:"rollout",rootData}))){
vErrors = vErrors === null ? validate49.errors : vErrors.concat(validate49.errors);
errors = vErrors.length;
}
}
if(data.drain !== undefined){
if(!(validate59(data.drain, {instancePath:instancePath+"/drain",parentData:data,parentDataProperty:"drain",rootData}))){
vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
errors = vErrors.length;
}
}
if(data.playbooks !== undefined){
let data6 = data.playbooks;
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
for(const key2 in data6){
if(!((key2 === "ref") || (key2 === "vars"))){
const err6 = {instancePath:instancePath+"/playbooks",schemaPath:"#/properties/playbooks/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema98.properties.playbooks,data:data6};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data6.ref !== undefined){
let data7 = data6.ref;
if(typeof data7 === "string"){
if(!pattern2.test(data7)){
const err7 = {instancePath:instancePath+"/playbooks/ref",schemaPath:"#/definitions/ref/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_./][A-Za-z0-9_./+@#-]{0,250}$"},message:"must match pattern \""+"^[A-Za-z0-9_./][A-Za-z0-9_./+@#-]{0,250}$"+"\"",schema:"^[A-Za-z0-9_./][A-Za-z0-9_./+@#-]{0,250}$",parentSchema:schema14,data:data7};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/playbooks/ref",schemaPath:"#/definitions/ref/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema14.type,parentSchema:schema14,data:data7};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data6.vars !== undefined){
if(!(validate12(data6.vars, {instancePath:instancePath+"/playbooks/vars",parentData:data6,parentDataProperty:"vars",rootData}))){
vErrors = vErrors === null ? validate12.errors : vErrors.concat(validate12.errors);
errors = vErrors.length;
}
}
}
else {
const err9 = {instancePath:instancePath+"/playbooks",schemaPath:"#/properties/playbooks/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema98.properties.playbooks.type,parentSchema:schema98.properties.playbooks,data:data6};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.windows !== undefined){
if(!(validate61(data.windows, {instancePath:instancePath+"/windows",parentData:data,parentDataProperty:"windows",rootData}))){
vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
errors = vErrors.length;
}
}
if(data.health !== undefined){
if(!(validate67(data.health, {instancePath:instancePath+"/health",parentData:data,parentDataProperty:"health",rootData}))){
vErrors = vErrors === null ? validate67.errors : vErrors.concat(validate67.errors);
errors = vErrors.length;
}
}
if(data.notify !== undefined){
if(!(validate72(data.notify, {instancePath:instancePath+"/notify",parentData:data,parentDataProperty:"notify",rootData}))){
vErrors = vErrors === null ? validate72.errors : vErrors.concat(validate72.errors);
errors = vErrors.length;
}
}
if(data.after !== undefined){
let data12 = data.after;
if(Array.isArray(data12)){
const len0 = data12.length;
for(let i0=0; i0<len0; i0++){
let data13 = data12[i0];
if(typeof data13 === "string"){
if(!pattern0.test(data13)){
const err10 = {instancePath:instancePath+"/after/" + i0,schemaPath:"#/definitions/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$",parentSchema:schema12,data:data13};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/after/" + i0,schemaPath:"#/definitions/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema12.type,parentSchema:schema12,data:data13};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
}
else {
const err12 = {instancePath:instancePath+"/after",schemaPath:"#/properties/after/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema98.properties.after.type,parentSchema:schema98.properties.after,data:data12};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.soakBefore !== undefined){
let data14 = data.soakBefore;
if(typeof data14 === "string"){
if(!pattern8.test(data14)){
const err13 = {instancePath:instancePath+"/soakBefore",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(ms|s|m|h|d))+$"},message:"must match pattern \""+"^([0-9]{1,9}(ms|s|m|h|d))+$"+"\"",schema:"^([0-9]{1,9}(ms|s|m|h|d))+$",parentSchema:schema33,data:data14};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/soakBefore",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data14};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.protected !== undefined){
let data15 = data.protected;
if(typeof data15 !== "boolean"){
const err15 = {instancePath:instancePath+"/protected",schemaPath:"#/properties/protected/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema98.properties.protected.type,parentSchema:schema98.properties.protected,data:data15};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
}
else {
const err16 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema98.type,parentSchema:schema98,data};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
validate86.errors = vErrors;
return errors === 0;
}


function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="urn:patchrun:schema:patchrun:1" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.schemaVersion === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "schemaVersion"},message:"must have required property '"+"schemaVersion"+"'",schema:schema11.required,parentSchema:schema11,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.fleet === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "fleet"},message:"must have required property '"+"fleet"+"'",schema:schema11.required,parentSchema:schema11,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.playbooks === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "playbooks"},message:"must have required property '"+"playbooks"+"'",schema:schema11.required,parentSchema:schema11,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.nodes === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "nodes"},message:"must have required property '"+"nodes"+"'",schema:schema11.required,parentSchema:schema11,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema11.properties, key0))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema11,data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.$schema !== undefined){
let data0 = data.$schema;
if(typeof data0 !== "string"){
const err5 = {instancePath:instancePath+"/$schema",schemaPath:"#/properties/%24schema/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.$schema.type,parentSchema:schema11.properties.$schema,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.schemaVersion !== undefined){
let data1 = data.schemaVersion;
if(1 !== data1){
const err6 = {instancePath:instancePath+"/schemaVersion",schemaPath:"#/properties/schemaVersion/const",keyword:"const",params:{allowedValue: 1},message:"must be equal to constant",schema:1,parentSchema:schema11.properties.schemaVersion,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.fleet !== undefined){
let data2 = data.fleet;
if(typeof data2 === "string"){
if(!pattern0.test(data2)){
const err7 = {instancePath:instancePath+"/fleet",schemaPath:"#/definitions/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$",parentSchema:schema12,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/fleet",schemaPath:"#/definitions/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema12.type,parentSchema:schema12,data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.playbooks !== undefined){
if(!(validate11(data.playbooks, {instancePath:instancePath+"/playbooks",parentData:data,parentDataProperty:"playbooks",rootData}))){
vErrors = vErrors === null ? validate11.errors : vErrors.concat(validate11.errors);
errors = vErrors.length;
}
}
if(data.nodes !== undefined){
if(!(validate15(data.nodes, {instancePath:instancePath+"/nodes",parentData:data,parentDataProperty:"nodes",rootData}))){
vErrors = vErrors === null ? validate15.errors : vErrors.concat(validate15.errors);
errors = vErrors.length;
}
}
if(data.inventory !== undefined){
if(!(validate21(data.inventory, {instancePath:instancePath+"/inventory",parentData:data,parentDataProperty:"inventory",rootData}))){
vErrors = vErrors === null ? validate21.errors : vErrors.concat(validate21.errors);
errors = vErrors.length;
}
}
if(data.failureDomains !== undefined){
if(!(validate28(data.failureDomains, {instancePath:instancePath+"/failureDomains",parentData:data,parentDataProperty:"failureDomains",rootData}))){
vErrors = vErrors === null ? validate28.errors : vErrors.concat(validate28.errors);
errors = vErrors.length;
}
}
if(data.partitions !== undefined){
if(!(validate31(data.partitions, {instancePath:instancePath+"/partitions",parentData:data,parentDataProperty:"partitions",rootData}))){
vErrors = vErrors === null ? validate31.errors : vErrors.concat(validate31.errors);
errors = vErrors.length;
}
}
if(data.scheduler !== undefined){
if(!(validate34(data.scheduler, {instancePath:instancePath+"/scheduler",parentData:data,parentDataProperty:"scheduler",rootData}))){
vErrors = vErrors === null ? validate34.errors : vErrors.concat(validate34.errors);
errors = vErrors.length;
}
}
if(data.schedulers !== undefined){
if(!(validate41(data.schedulers, {instancePath:instancePath+"/schedulers",parentData:data,parentDataProperty:"schedulers",rootData}))){
vErrors = vErrors === null ? validate41.errors : vErrors.concat(validate41.errors);
errors = vErrors.length;
}
}
if(data.runsOn !== undefined){
if(!(validate44(data.runsOn, {instancePath:instancePath+"/runsOn",parentData:data,parentDataProperty:"runsOn",rootData}))){
vErrors = vErrors === null ? validate44.errors : vErrors.concat(validate44.errors);
errors = vErrors.length;
}
}
if(data.changes !== undefined){
if(!(validate47(data.changes, {instancePath:instancePath+"/changes",parentData:data,parentDataProperty:"changes",rootData}))){
vErrors = vErrors === null ? validate47.errors : vErrors.concat(validate47.errors);
errors = vErrors.length;
}
}
if(data.rollout !== undefined){
if(!(validate49(data.rollout, {instancePath:instancePath+"/rollout",parentData:data,parentDataProperty:"rollout",rootData}))){
vErrors = vErrors === null ? validate49.errors : vErrors.concat(validate49.errors);
errors = vErrors.length;
}
}
if(data.drain !== undefined){
if(!(validate59(data.drain, {instancePath:instancePath+"/drain",parentData:data,parentDataProperty:"drain",rootData}))){
vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
errors = vErrors.length;
}
}
if(data.windows !== undefined){
if(!(validate61(data.windows, {instancePath:instancePath+"/windows",parentData:data,parentDataProperty:"windows",rootData}))){
vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
errors = vErrors.length;
}
}
if(data.health !== undefined){
if(!(validate67(data.health, {instancePath:instancePath+"/health",parentData:data,parentDataProperty:"health",rootData}))){
vErrors = vErrors === null ? validate67.errors : vErrors.concat(validate67.errors);
errors = vErrors.length;
}
}
if(data.notify !== undefined){
if(!(validate72(data.notify, {instancePath:instancePath+"/notify",parentData:data,parentDataProperty:"notify",rootData}))){
vErrors = vErrors === null ? validate72.errors : vErrors.concat(validate72.errors);
errors = vErrors.length;
}
}
if(data.ansible !== undefined){
if(!(validate80(data.ansible, {instancePath:instancePath+"/ansible",parentData:data,parentDataProperty:"ansible",rootData}))){
vErrors = vErrors === null ? validate80.errors : vErrors.concat(validate80.errors);
errors = vErrors.length;
}
}
if(data.state !== undefined){
if(!(validate84(data.state, {instancePath:instancePath+"/state",parentData:data,parentDataProperty:"state",rootData}))){
vErrors = vErrors === null ? validate84.errors : vErrors.concat(validate84.errors);
errors = vErrors.length;
}
}
if(data.environments !== undefined){
let data19 = data.environments;
if(data19 && typeof data19 == "object" && !Array.isArray(data19)){
if(Object.keys(data19).length < 1){
const err9 = {instancePath:instancePath+"/environments",schemaPath:"#/properties/environments/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties",schema:1,parentSchema:schema11.properties.environments,data:data19};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
for(const key1 in data19){
const _errs26 = errors;
if(typeof key1 === "string"){
if(!pattern0.test(key1)){
const err10 = {instancePath:instancePath+"/environments",schemaPath:"#/definitions/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$",parentSchema:schema12,data:key1,propertyName:key1};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/environments",schemaPath:"#/definitions/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema12.type,parentSchema:schema12,data:key1,propertyName:key1};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
var valid2 = _errs26 === errors;
if(!valid2){
const err12 = {instancePath:instancePath+"/environments",schemaPath:"#/properties/environments/propertyNames",keyword:"propertyNames",params:{propertyName: key1},message:"property name must be valid",schema:schema11.properties.environments.propertyNames,parentSchema:schema11.properties.environments,data:data19};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
for(const key2 in data19){
if(!(validate86(data19[key2], {instancePath:instancePath+"/environments/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data19,parentDataProperty:key2,rootData}))){
vErrors = vErrors === null ? validate86.errors : vErrors.concat(validate86.errors);
errors = vErrors.length;
}
}
}
else {
const err13 = {instancePath:instancePath+"/environments",schemaPath:"#/properties/environments/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.properties.environments.type,parentSchema:schema11.properties.environments,data:data19};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.type,parentSchema:schema11,data};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}
