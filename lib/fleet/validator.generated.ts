// SPDX-License-Identifier: Apache-2.0
// Generated from schemas/patchrun.schema.json by scripts/generate-types.mjs. Do not edit.
// @ts-nocheck
export const validate = validate10;
const schema11 = {"$schema":"http://json-schema.org/draft-07/schema#","title":"Declaration","description":"patchrun.yml: the playbook repository, the nodes and the policies of one fleet. Relative paths are relative to the directory of this file.","type":"object","additionalProperties":false,"required":["schemaVersion","fleet","playbooks","nodes"],"examples":[{"schemaVersion":1,"fleet":"demo","playbooks":{"repository":"./playbooks","ref":"main","playbook":"site.yml"},"nodes":{"allow":["node[01-06]"],"deny":["db[1-2]"],"canary":["node[01-02]"]}}],"properties":{"$schema":{"description":"Path or URL of this schema, for editors. patchrun does not read it.","type":"string","examples":["node_modules/patchrun/schemas/patchrun.schema.json"]},"schemaVersion":{"description":"Version of the format of this file.","const":1,"examples":[1]},"fleet":{"description":"Name of the fleet, as reports and notices show it: letters, digits, '-', '_' and '.'.","$ref":"#/definitions/name","examples":["demo","m3"]},"playbooks":{"$ref":"#/definitions/playbooks"},"nodes":{"$ref":"#/definitions/nodes"},"inventory":{"$ref":"#/definitions/inventory"},"failureDomains":{"$ref":"#/definitions/failureDomains"},"changes":{"$ref":"#/definitions/changes"},"rollout":{"$ref":"#/definitions/rollout"},"ansible":{"$ref":"#/definitions/ansible"},"state":{"$ref":"#/definitions/state"},"environments":{"description":"Named parts of the fleet, in the order in which they are promoted. Without it the whole fleet is one environment called \"default\".","type":"object","minProperties":1,"propertyNames":{"$ref":"#/definitions/name"},"additionalProperties":{"$ref":"#/definitions/environment"},"examples":[{"test01":{"nodes":{"allow":["test[01-04]"],"canary":["test01"]}},"prod":{"nodes":{"allow":["node[01-60]"],"canary":["node[01-02]"]}}}]}},"definitions":{"name":{"title":"Name","type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"},"path":{"title":"Path","type":"string","minLength":1,"maxLength":4096},"duration":{"title":"Duration","description":"A whole number with a unit (ms, s, m, h, d); several are added up.","type":"string","pattern":"^([0-9]{1,9}(ms|s|m|h|d))+$","examples":["90s","10m","1h30m"]},"hostExpression":{"title":"HostExpression","description":"Nodes as Slurm and ClusterShell write them. See docs/usage/host-expressions.md.","type":"string","minLength":1,"examples":["node[01-06]","m3a[001-120,130]","r[1-4]n[01-32]!r2n07","!node03"]},"variableName":{"type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]*$"},"variables":{"title":"Variables","description":"Ansible variables: a name and any value. YAML 1.2 is read, so yes and no stay words; write true and false.","type":"object","propertyNames":{"$ref":"#/definitions/variableName"},"additionalProperties":true},"hostList":{"title":"HostList","description":"Host expressions and sources, put together in order. An expression that begins with \"!\" takes nodes out of what stands before it. No node may come twice.","type":"array","items":{"anyOf":[{"$ref":"#/definitions/hostExpression"},{"title":"FileSource","description":"A text file with one host expression a line; # begins a comment. Read afresh at every pass.","type":"object","additionalProperties":false,"required":["file"],"properties":{"file":{"description":"Path of the file.","$ref":"#/definitions/path","examples":["lists/compute.txt"]}},"examples":[{"file":"lists/compute.txt"}]},{"title":"CommandSource","description":"A command that prints such lines, run in the directory of this file without a shell, for at most a minute. Run afresh at every pass.","type":"object","additionalProperties":false,"required":["command"],"properties":{"command":{"description":"The program and its arguments.","type":"array","minItems":1,"items":{"type":"string"},"examples":[["sinfo","-h","-N","-o","%N","-p","compute"]]}},"examples":[{"command":["sinfo","-h","-N","-o","%N","-p","compute"]}]},{"title":"InventorySource","description":"The hosts of an existing Ansible inventory, asked through ansible-inventory at every pass.","type":"object","additionalProperties":false,"required":["inventory"],"properties":{"inventory":{"description":"Path of the inventory: a file, a directory or a script.","$ref":"#/definitions/path","examples":["inventory/hosts.ini"]},"group":{"description":"Take only this group, with its child groups.","type":"string","minLength":1,"default":"all","examples":["compute"]}},"examples":[{"inventory":"inventory/hosts.ini","group":"compute"}]}]},"examples":[["node[01-06]"],[{"file":"lists/compute.txt"},"!node03"]]},"playbooks":{"title":"Playbooks","description":"The Ansible playbook repository whose commits are rolled out.","type":"object","additionalProperties":false,"required":["repository"],"properties":{"repository":{"description":"URL of the git repository, or path of a local one.","type":"string","minLength":1,"maxLength":4096,"pattern":"^[^-]","examples":["./playbooks","git@git.example.org:hpc/playbooks.git"]},"ref":{"description":"Branch, tag or full commit that is rolled out.","$ref":"#/definitions/ref","default":"main","examples":["main","release-2025-11"]},"playbook":{"description":"Path of the playbook within the repository.","$ref":"#/definitions/path","default":"site.yml","examples":["site.yml","playbooks/compute.yml"]},"submodules":{"description":"Check submodules out too.","type":"boolean","default":true,"examples":[false]}},"examples":[{"repository":"./playbooks","ref":"main","playbook":"site.yml"}]},"ref":{"title":"Ref","type":"string","pattern":"^[A-Za-z0-9_./][A-Za-z0-9_./+@#-]{0,250}$"},"nodes":{"title":"Nodes","description":"Which nodes patchrun may touch (allow), must never touch (deny), and touches first (canary).","type":"object","additionalProperties":false,"required":["allow"],"properties":{"allow":{"description":"The nodes patchrun may touch. Never empty.","$ref":"#/definitions/hostList","examples":[["node[01-06]"]]},"deny":{"description":"The nodes patchrun must never touch, in no environment. A node that is also on allow or canary is a contradiction, and nothing is started.","$ref":"#/definitions/hostList","default":[],"examples":[["db[1-2]"]]},"canary":{"description":"The nodes touched first; each must be allowed. At least one, unless environments declare their own.","$ref":"#/definitions/hostList","examples":[["node[01-02]"]]}},"examples":[{"allow":["node[01-06]"],"deny":["db[1-2]"],"canary":["node[01-02]"]}]},"inventory":{"title":"Inventory","description":"Groups and variables of the nodes, for the inventory that patchrun generates. Only permitted nodes come into it.","type":"object","additionalProperties":false,"properties":{"source":{"description":"An existing Ansible inventory to take groups and variables from, asked through ansible-inventory at every pass. What is declared here goes over what it says.","$ref":"#/definitions/path","examples":["inventory/hosts.ini"]},"groups":{"description":"Groups and the nodes in them. Nodes that are not permitted are left out.","type":"object","additionalProperties":{"$ref":"#/definitions/hostExpressions"},"default":{},"examples":[{"compute":["node[01-06]"]}]},"vars":{"description":"Variables of every node (group all).","$ref":"#/definitions/variables","default":{},"examples":[{"ntp_server":"ntp.example.org"}]},"groupVars":{"description":"Variables of a group that is declared here or in the source.","type":"object","additionalProperties":{"$ref":"#/definitions/variables"},"default":{},"examples":[{"compute":{"slurm_role":"compute"}}]},"hostVars":{"description":"Variables of nodes, by host expression. A later entry goes over an earlier one.","type":"object","additionalProperties":{"$ref":"#/definitions/variables"},"default":{},"examples":[{"node[01-06]":{"ansible_user":"root"},"node03":{"ansible_host":"10.0.0.3"}}]}},"examples":[{"source":"inventory/hosts.ini"},{"groups":{"compute":["node[01-06]"]},"vars":{"ansible_user":"root"}}]},"hostExpressions":{"title":"HostExpressions","type":"array","items":{"$ref":"#/definitions/hostExpression"}},"failureDomains":{"title":"FailureDomains","description":"What fails together: racks, chassis, switches. Declared by name, or taken from groups or from a variable.","anyOf":[{"title":"DomainsFromGroups","description":"Each group whose name fits is a failure domain.","type":"object","additionalProperties":false,"required":["fromGroups"],"properties":{"fromGroups":{"description":"Group names; * stands for any text.","type":"array","minItems":1,"items":{"type":"string","minLength":1},"examples":[["rack*"]]}},"examples":[{"fromGroups":["rack*"]}]},{"title":"DomainsFromVariable","description":"Each value of the variable is a failure domain; a list of values puts a node into several.","type":"object","additionalProperties":false,"required":["fromVariable"],"properties":{"fromVariable":{"description":"Name of a host or group variable.","$ref":"#/definitions/variableName","examples":["rack"]}},"examples":[{"fromVariable":"rack"}]},{"title":"DomainsByName","description":"Names and the nodes in them.","type":"object","minProperties":1,"propertyNames":{"allOf":[{"$ref":"#/definitions/name"},{"not":{"enum":["fromGroups","fromVariable"]}}]},"additionalProperties":{"$ref":"#/definitions/hostExpressions"},"examples":[{"rack1":["node[01-03]"],"rack2":["node[04-06]"]}]}],"examples":[{"fromGroups":["rack*"]}]},"changes":{"title":"Changes","description":"How would-be changes are judged.","type":"object","additionalProperties":false,"properties":{"untagged":{"description":"What a change with neither HotChange nor DrainChange counts as: one that needs an empty node, or an error.","enum":["drain","error"],"default":"drain","examples":["error"]}},"examples":[{"untagged":"error"}]},"nodeCount":{"title":"NodeCount","description":"A number of nodes, or a percentage.","anyOf":[{"type":"integer","minimum":0,"maximum":1000000},{"type":"string","description":"A percentage is a whole number from 0 to 100 with a % sign.","pattern":"^(100|[0-9]{1,2})%$","examples":["5%"]}]},"waveSize":{"title":"WaveSize","description":"A number of nodes, 1 or more, or a percentage from 1% to 100%.","anyOf":[{"type":"integer","minimum":1,"maximum":1000000},{"type":"string","description":"A percentage is a whole number from 1 to 100 with a % sign.","pattern":"^(100|[1-9][0-9]?)%$","examples":["10%"]}]},"rollout":{"title":"Rollout","description":"How a rollout goes on after the canaries.","type":"object","additionalProperties":false,"properties":{"soak":{"description":"Wait after the last canary was verified.","$ref":"#/definitions/duration","default":"10m","examples":["0s","10m","1h30m"]},"waves":{"description":"Share of the nodes outside the canary list that is reached when each wave is done, rising. What is then left follows in a last wave.","type":"array","minItems":1,"items":{"$ref":"#/definitions/waveSize"},"default":["10%","50%","100%"],"examples":[["10%","50%","100%"],[1,10,"100%"]]},"maxFailed":{"description":"Failed nodes outside the canary wave that are endured; one more halts the rollout. A percentage is of the nodes outside the canary list, rounded down.","$ref":"#/definitions/nodeCount","default":"5%","examples":[0,3,"5%"]}},"examples":[{"soak":"10m","waves":["10%","50%","100%"],"maxFailed":"5%"}]},"ansible":{"title":"Ansible","description":"How ansible-playbook is called.","type":"object","additionalProperties":false,"properties":{"executable":{"description":"Path of the ansible-playbook to use. Without it one is looked for.","$ref":"#/definitions/path","examples":["/opt/ansible/bin/ansible-playbook"]},"forks":{"description":"Nodes worked on at the same time.","type":"integer","minimum":1,"maximum":1000,"default":20,"examples":[50]},"config":{"description":"The ansible.cfg of the playbook repository: use it, with dangerous settings overridden, or ignore it.","enum":["repository","none"],"default":"repository","examples":["none"]},"hangTimeout":{"description":"A node whose task gives no result for this long is cut loose.","$ref":"#/definitions/duration","default":"30m","examples":["30m","2h"]},"connectTimeout":{"description":"How long a connection to a node may take to come up.","$ref":"#/definitions/duration","default":"10s","examples":["10s","1m"]},"diff":{"description":"Keep diffs of what changes. Turn it off where files hold secrets that no no_log covers.","type":"boolean","default":true,"examples":[false]},"extraArgs":{"description":"Further arguments of ansible-playbook. Ones that choose hosts, tags, inventory, playbook or check mode are refused, and so are variables on the command line, which everybody on the machine can read.","type":"array","items":{"type":"string"},"default":[],"examples":[["--vault-id","prod@/etc/patchrun/vault-pass"]]}},"examples":[{"forks":50,"extraArgs":["--vault-password-file","/etc/patchrun/vault-pass"]}]},"state":{"title":"State","description":"Where patchrun keeps its journal.","type":"object","additionalProperties":false,"properties":{"directory":{"description":"Directory of the state. Every process that shares the fleet must see the same one.","$ref":"#/definitions/path","default":".patchrun","examples":["/var/lib/patchrun/m3"]}},"examples":[{"directory":"/var/lib/patchrun/m3"}]},"environment":{"title":"Environment","description":"A named part of the fleet with its own lists. The deny list of the fleet holds here too.","type":"object","additionalProperties":false,"required":["nodes"],"properties":{"nodes":{"title":"EnvironmentNodes","description":"The nodes of the environment; every one must be on the fleet's allow list.","type":"object","additionalProperties":false,"required":["allow","canary"],"properties":{"allow":{"description":"The nodes of the environment.","$ref":"#/definitions/hostList","examples":[["test[01-04]"]]},"deny":{"description":"Nodes that must not be touched here, besides those the fleet denies.","$ref":"#/definitions/hostList","default":[],"examples":[["test04"]]},"canary":{"description":"The nodes touched first.","$ref":"#/definitions/hostList","examples":[["test01"]]}},"examples":[{"allow":["test[01-04]"],"canary":["test01"]}]},"rollout":{"$ref":"#/definitions/rollout"},"playbooks":{"title":"EnvironmentPlaybooks","description":"What differs from the fleet's playbooks.","type":"object","additionalProperties":false,"properties":{"ref":{"description":"Branch, tag or full commit that is rolled out here.","$ref":"#/definitions/ref","examples":["release-2025-11"]}},"examples":[{"ref":"release-2025-11"}]}},"examples":[{"nodes":{"allow":["test[01-04]"],"canary":["test01"]},"rollout":{"soak":"0s"}}]}}};
const schema12 = {"title":"Name","type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"};
const schema30 = {"title":"Changes","description":"How would-be changes are judged.","type":"object","additionalProperties":false,"properties":{"untagged":{"description":"What a change with neither HotChange nor DrainChange counts as: one that needs an empty node, or an error.","enum":["drain","error"],"default":"drain","examples":["error"]}},"examples":[{"untagged":"error"}]};
const func2 = Object.prototype.hasOwnProperty;
const pattern0 = new RegExp("^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$", "u");
const schema13 = {"title":"Playbooks","description":"The Ansible playbook repository whose commits are rolled out.","type":"object","additionalProperties":false,"required":["repository"],"properties":{"repository":{"description":"URL of the git repository, or path of a local one.","type":"string","minLength":1,"maxLength":4096,"pattern":"^[^-]","examples":["./playbooks","git@git.example.org:hpc/playbooks.git"]},"ref":{"description":"Branch, tag or full commit that is rolled out.","$ref":"#/definitions/ref","default":"main","examples":["main","release-2025-11"]},"playbook":{"description":"Path of the playbook within the repository.","$ref":"#/definitions/path","default":"site.yml","examples":["site.yml","playbooks/compute.yml"]},"submodules":{"description":"Check submodules out too.","type":"boolean","default":true,"examples":[false]}},"examples":[{"repository":"./playbooks","ref":"main","playbook":"site.yml"}]};
const schema14 = {"title":"Ref","type":"string","pattern":"^[A-Za-z0-9_./][A-Za-z0-9_./+@#-]{0,250}$"};
const schema15 = {"title":"Path","type":"string","minLength":1,"maxLength":4096};
const func3 = (text) => [...text].length;
const pattern1 = new RegExp("^[^-]", "u");
const pattern2 = new RegExp("^[A-Za-z0-9_./][A-Za-z0-9_./+@#-]{0,250}$", "u");

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
if(!((((key0 === "repository") || (key0 === "ref")) || (key0 === "playbook")) || (key0 === "submodules"))){
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
}
else {
const err12 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema13.type,parentSchema:schema13,data};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
validate11.errors = vErrors;
return errors === 0;
}

const schema16 = {"title":"Nodes","description":"Which nodes patchrun may touch (allow), must never touch (deny), and touches first (canary).","type":"object","additionalProperties":false,"required":["allow"],"properties":{"allow":{"description":"The nodes patchrun may touch. Never empty.","$ref":"#/definitions/hostList","examples":[["node[01-06]"]]},"deny":{"description":"The nodes patchrun must never touch, in no environment. A node that is also on allow or canary is a contradiction, and nothing is started.","$ref":"#/definitions/hostList","default":[],"examples":[["db[1-2]"]]},"canary":{"description":"The nodes touched first; each must be allowed. At least one, unless environments declare their own.","$ref":"#/definitions/hostList","examples":[["node[01-02]"]]}},"examples":[{"allow":["node[01-06]"],"deny":["db[1-2]"],"canary":["node[01-02]"]}]};
const schema17 = {"title":"HostList","description":"Host expressions and sources, put together in order. An expression that begins with \"!\" takes nodes out of what stands before it. No node may come twice.","type":"array","items":{"anyOf":[{"$ref":"#/definitions/hostExpression"},{"title":"FileSource","description":"A text file with one host expression a line; # begins a comment. Read afresh at every pass.","type":"object","additionalProperties":false,"required":["file"],"properties":{"file":{"description":"Path of the file.","$ref":"#/definitions/path","examples":["lists/compute.txt"]}},"examples":[{"file":"lists/compute.txt"}]},{"title":"CommandSource","description":"A command that prints such lines, run in the directory of this file without a shell, for at most a minute. Run afresh at every pass.","type":"object","additionalProperties":false,"required":["command"],"properties":{"command":{"description":"The program and its arguments.","type":"array","minItems":1,"items":{"type":"string"},"examples":[["sinfo","-h","-N","-o","%N","-p","compute"]]}},"examples":[{"command":["sinfo","-h","-N","-o","%N","-p","compute"]}]},{"title":"InventorySource","description":"The hosts of an existing Ansible inventory, asked through ansible-inventory at every pass.","type":"object","additionalProperties":false,"required":["inventory"],"properties":{"inventory":{"description":"Path of the inventory: a file, a directory or a script.","$ref":"#/definitions/path","examples":["inventory/hosts.ini"]},"group":{"description":"Take only this group, with its child groups.","type":"string","minLength":1,"default":"all","examples":["compute"]}},"examples":[{"inventory":"inventory/hosts.ini","group":"compute"}]}]},"examples":[["node[01-06]"],[{"file":"lists/compute.txt"},"!node03"]]};
const schema18 = {"title":"HostExpression","description":"Nodes as Slurm and ClusterShell write them. See docs/usage/host-expressions.md.","type":"string","minLength":1,"examples":["node[01-06]","m3a[001-120,130]","r[1-4]n[01-32]!r2n07","!node03"]};

function validate14(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
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
const err0 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/hostExpression/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema18,data:data0};
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
const err1 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/hostExpression/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema18.type,parentSchema:schema18,data:data0};
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
const err2 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/1/required",keyword:"required",params:{missingProperty: "file"},message:"must have required property '"+"file"+"'",schema:schema17.items.anyOf[1].required,parentSchema:schema17.items.anyOf[1],data:data0};
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
const err3 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/1/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema17.items.anyOf[1],data:data0};
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
const err7 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/1/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema17.items.anyOf[1].type,parentSchema:schema17.items.anyOf[1],data:data0};
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
const err8 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/2/required",keyword:"required",params:{missingProperty: "command"},message:"must have required property '"+"command"+"'",schema:schema17.items.anyOf[2].required,parentSchema:schema17.items.anyOf[2],data:data0};
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
const err9 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/2/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema17.items.anyOf[2],data:data0};
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
const err10 = {instancePath:instancePath+"/" + i0+"/command",schemaPath:"#/items/anyOf/2/properties/command/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema17.items.anyOf[2].properties.command,data:data2};
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
const err11 = {instancePath:instancePath+"/" + i0+"/command/" + i1,schemaPath:"#/items/anyOf/2/properties/command/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.items.anyOf[2].properties.command.items.type,parentSchema:schema17.items.anyOf[2].properties.command.items,data:data3};
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
const err12 = {instancePath:instancePath+"/" + i0+"/command",schemaPath:"#/items/anyOf/2/properties/command/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema17.items.anyOf[2].properties.command.type,parentSchema:schema17.items.anyOf[2].properties.command,data:data2};
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
const err13 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/2/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema17.items.anyOf[2].type,parentSchema:schema17.items.anyOf[2],data:data0};
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
const err14 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/3/required",keyword:"required",params:{missingProperty: "inventory"},message:"must have required property '"+"inventory"+"'",schema:schema17.items.anyOf[3].required,parentSchema:schema17.items.anyOf[3],data:data0};
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
const err15 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/3/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema17.items.anyOf[3],data:data0};
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
const err19 = {instancePath:instancePath+"/" + i0+"/group",schemaPath:"#/items/anyOf/3/properties/group/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema17.items.anyOf[3].properties.group,data:data5};
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
const err20 = {instancePath:instancePath+"/" + i0+"/group",schemaPath:"#/items/anyOf/3/properties/group/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.items.anyOf[3].properties.group.type,parentSchema:schema17.items.anyOf[3].properties.group,data:data5};
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
const err21 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf/3/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema17.items.anyOf[3].type,parentSchema:schema17.items.anyOf[3],data:data0};
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
const err22 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema17.items.anyOf,parentSchema:schema17.items,data:data0};
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
const err23 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema17.type,parentSchema:schema17,data};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
validate14.errors = vErrors;
return errors === 0;
}


function validate13(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.allow === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "allow"},message:"must have required property '"+"allow"+"'",schema:schema16.required,parentSchema:schema16,data};
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
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema16,data};
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
if(!(validate14(data.allow, {instancePath:instancePath+"/allow",parentData:data,parentDataProperty:"allow",rootData}))){
vErrors = vErrors === null ? validate14.errors : vErrors.concat(validate14.errors);
errors = vErrors.length;
}
}
if(data.deny !== undefined){
if(!(validate14(data.deny, {instancePath:instancePath+"/deny",parentData:data,parentDataProperty:"deny",rootData}))){
vErrors = vErrors === null ? validate14.errors : vErrors.concat(validate14.errors);
errors = vErrors.length;
}
}
if(data.canary !== undefined){
if(!(validate14(data.canary, {instancePath:instancePath+"/canary",parentData:data,parentDataProperty:"canary",rootData}))){
vErrors = vErrors === null ? validate14.errors : vErrors.concat(validate14.errors);
errors = vErrors.length;
}
}
}
else {
const err2 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema16.type,parentSchema:schema16,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
validate13.errors = vErrors;
return errors === 0;
}

const schema21 = {"title":"Inventory","description":"Groups and variables of the nodes, for the inventory that patchrun generates. Only permitted nodes come into it.","type":"object","additionalProperties":false,"properties":{"source":{"description":"An existing Ansible inventory to take groups and variables from, asked through ansible-inventory at every pass. What is declared here goes over what it says.","$ref":"#/definitions/path","examples":["inventory/hosts.ini"]},"groups":{"description":"Groups and the nodes in them. Nodes that are not permitted are left out.","type":"object","additionalProperties":{"$ref":"#/definitions/hostExpressions"},"default":{},"examples":[{"compute":["node[01-06]"]}]},"vars":{"description":"Variables of every node (group all).","$ref":"#/definitions/variables","default":{},"examples":[{"ntp_server":"ntp.example.org"}]},"groupVars":{"description":"Variables of a group that is declared here or in the source.","type":"object","additionalProperties":{"$ref":"#/definitions/variables"},"default":{},"examples":[{"compute":{"slurm_role":"compute"}}]},"hostVars":{"description":"Variables of nodes, by host expression. A later entry goes over an earlier one.","type":"object","additionalProperties":{"$ref":"#/definitions/variables"},"default":{},"examples":[{"node[01-06]":{"ansible_user":"root"},"node03":{"ansible_host":"10.0.0.3"}}]}},"examples":[{"source":"inventory/hosts.ini"},{"groups":{"compute":["node[01-06]"]},"vars":{"ansible_user":"root"}}]};
const schema23 = {"title":"HostExpressions","type":"array","items":{"$ref":"#/definitions/hostExpression"}};

function validate20(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
let data0 = data[i0];
if(typeof data0 === "string"){
if(func3(data0) < 1){
const err0 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/hostExpression/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema18,data:data0};
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
const err1 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/hostExpression/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema18.type,parentSchema:schema18,data:data0};
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
const err2 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema23.type,parentSchema:schema23,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
validate20.errors = vErrors;
return errors === 0;
}

const schema25 = {"title":"Variables","description":"Ansible variables: a name and any value. YAML 1.2 is read, so yes and no stay words; write true and false.","type":"object","propertyNames":{"$ref":"#/definitions/variableName"},"additionalProperties":true};
const schema26 = {"type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]*$"};
const pattern3 = new RegExp("^[A-Za-z_][A-Za-z0-9_]*$", "u");

function validate22(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
const _errs1 = errors;
if(typeof key0 === "string"){
if(!pattern3.test(key0)){
const err0 = {instancePath,schemaPath:"#/definitions/variableName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"},message:"must match pattern \""+"^[A-Za-z_][A-Za-z0-9_]*$"+"\"",schema:"^[A-Za-z_][A-Za-z0-9_]*$",parentSchema:schema26,data:key0,propertyName:key0};
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
const err1 = {instancePath,schemaPath:"#/definitions/variableName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema26.type,parentSchema:schema26,data:key0,propertyName:key0};
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
const err2 = {instancePath,schemaPath:"#/propertyNames",keyword:"propertyNames",params:{propertyName: key0},message:"property name must be valid",schema:schema25.propertyNames,parentSchema:schema25,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
}
else {
const err3 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema25.type,parentSchema:schema25,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
validate22.errors = vErrors;
return errors === 0;
}


function validate19(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((((key0 === "source") || (key0 === "groups")) || (key0 === "vars")) || (key0 === "groupVars")) || (key0 === "hostVars"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema21,data};
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
if(data.groups !== undefined){
let data1 = data.groups;
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
for(const key1 in data1){
if(!(validate20(data1[key1], {instancePath:instancePath+"/groups/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data1,parentDataProperty:key1,rootData}))){
vErrors = vErrors === null ? validate20.errors : vErrors.concat(validate20.errors);
errors = vErrors.length;
}
}
}
else {
const err4 = {instancePath:instancePath+"/groups",schemaPath:"#/properties/groups/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema21.properties.groups.type,parentSchema:schema21.properties.groups,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.vars !== undefined){
if(!(validate22(data.vars, {instancePath:instancePath+"/vars",parentData:data,parentDataProperty:"vars",rootData}))){
vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
errors = vErrors.length;
}
}
if(data.groupVars !== undefined){
let data4 = data.groupVars;
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
for(const key2 in data4){
if(!(validate22(data4[key2], {instancePath:instancePath+"/groupVars/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data4,parentDataProperty:key2,rootData}))){
vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
errors = vErrors.length;
}
}
}
else {
const err5 = {instancePath:instancePath+"/groupVars",schemaPath:"#/properties/groupVars/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema21.properties.groupVars.type,parentSchema:schema21.properties.groupVars,data:data4};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.hostVars !== undefined){
let data6 = data.hostVars;
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
for(const key3 in data6){
if(!(validate22(data6[key3], {instancePath:instancePath+"/hostVars/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data6,parentDataProperty:key3,rootData}))){
vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
errors = vErrors.length;
}
}
}
else {
const err6 = {instancePath:instancePath+"/hostVars",schemaPath:"#/properties/hostVars/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema21.properties.hostVars.type,parentSchema:schema21.properties.hostVars,data:data6};
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
const err7 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema21.type,parentSchema:schema21,data};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
validate19.errors = vErrors;
return errors === 0;
}

const schema27 = {"title":"FailureDomains","description":"What fails together: racks, chassis, switches. Declared by name, or taken from groups or from a variable.","anyOf":[{"title":"DomainsFromGroups","description":"Each group whose name fits is a failure domain.","type":"object","additionalProperties":false,"required":["fromGroups"],"properties":{"fromGroups":{"description":"Group names; * stands for any text.","type":"array","minItems":1,"items":{"type":"string","minLength":1},"examples":[["rack*"]]}},"examples":[{"fromGroups":["rack*"]}]},{"title":"DomainsFromVariable","description":"Each value of the variable is a failure domain; a list of values puts a node into several.","type":"object","additionalProperties":false,"required":["fromVariable"],"properties":{"fromVariable":{"description":"Name of a host or group variable.","$ref":"#/definitions/variableName","examples":["rack"]}},"examples":[{"fromVariable":"rack"}]},{"title":"DomainsByName","description":"Names and the nodes in them.","type":"object","minProperties":1,"propertyNames":{"allOf":[{"$ref":"#/definitions/name"},{"not":{"enum":["fromGroups","fromVariable"]}}]},"additionalProperties":{"$ref":"#/definitions/hostExpressions"},"examples":[{"rack1":["node[01-03]"],"rack2":["node[04-06]"]}]}],"examples":[{"fromGroups":["rack*"]}]};

function validate27(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
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
const err9 = {instancePath:instancePath+"/fromVariable",schemaPath:"#/definitions/variableName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"},message:"must match pattern \""+"^[A-Za-z_][A-Za-z0-9_]*$"+"\"",schema:"^[A-Za-z_][A-Za-z0-9_]*$",parentSchema:schema26,data:data2};
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
const err10 = {instancePath:instancePath+"/fromVariable",schemaPath:"#/definitions/variableName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema26.type,parentSchema:schema26,data:data2};
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
if(!(validate20(data[key3], {instancePath:instancePath+"/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data,parentDataProperty:key3,rootData}))){
vErrors = vErrors === null ? validate20.errors : vErrors.concat(validate20.errors);
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
validate27.errors = vErrors;
return errors === 0;
}

const schema31 = {"title":"Rollout","description":"How a rollout goes on after the canaries.","type":"object","additionalProperties":false,"properties":{"soak":{"description":"Wait after the last canary was verified.","$ref":"#/definitions/duration","default":"10m","examples":["0s","10m","1h30m"]},"waves":{"description":"Share of the nodes outside the canary list that is reached when each wave is done, rising. What is then left follows in a last wave.","type":"array","minItems":1,"items":{"$ref":"#/definitions/waveSize"},"default":["10%","50%","100%"],"examples":[["10%","50%","100%"],[1,10,"100%"]]},"maxFailed":{"description":"Failed nodes outside the canary wave that are endured; one more halts the rollout. A percentage is of the nodes outside the canary list, rounded down.","$ref":"#/definitions/nodeCount","default":"5%","examples":[0,3,"5%"]}},"examples":[{"soak":"10m","waves":["10%","50%","100%"],"maxFailed":"5%"}]};
const schema32 = {"title":"Duration","description":"A whole number with a unit (ms, s, m, h, d); several are added up.","type":"string","pattern":"^([0-9]{1,9}(ms|s|m|h|d))+$","examples":["90s","10m","1h30m"]};
const schema33 = {"title":"WaveSize","description":"A number of nodes, 1 or more, or a percentage from 1% to 100%.","anyOf":[{"type":"integer","minimum":1,"maximum":1000000},{"type":"string","description":"A percentage is a whole number from 1 to 100 with a % sign.","pattern":"^(100|[1-9][0-9]?)%$","examples":["10%"]}]};
const schema34 = {"title":"NodeCount","description":"A number of nodes, or a percentage.","anyOf":[{"type":"integer","minimum":0,"maximum":1000000},{"type":"string","description":"A percentage is a whole number from 0 to 100 with a % sign.","pattern":"^(100|[0-9]{1,2})%$","examples":["5%"]}]};
const pattern6 = new RegExp("^([0-9]{1,9}(ms|s|m|h|d))+$", "u");
const pattern7 = new RegExp("^(100|[1-9][0-9]?)%$", "u");
const pattern8 = new RegExp("^(100|[0-9]{1,2})%$", "u");

function validate30(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((key0 === "soak") || (key0 === "waves")) || (key0 === "maxFailed"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema31,data};
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
if(!pattern6.test(data0)){
const err1 = {instancePath:instancePath+"/soak",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(ms|s|m|h|d))+$"},message:"must match pattern \""+"^([0-9]{1,9}(ms|s|m|h|d))+$"+"\"",schema:"^([0-9]{1,9}(ms|s|m|h|d))+$",parentSchema:schema32,data:data0};
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
const err2 = {instancePath:instancePath+"/soak",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema32.type,parentSchema:schema32,data:data0};
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
const err3 = {instancePath:instancePath+"/waves",schemaPath:"#/properties/waves/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema31.properties.waves,data:data1};
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
const err4 = {instancePath:instancePath+"/waves/" + i0,schemaPath:"#/definitions/waveSize/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema33.anyOf[0].type,parentSchema:schema33.anyOf[0],data:data2};
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
const err5 = {instancePath:instancePath+"/waves/" + i0,schemaPath:"#/definitions/waveSize/anyOf/0/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema33.anyOf[0],data:data2};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data2 < 1 || isNaN(data2)){
const err6 = {instancePath:instancePath+"/waves/" + i0,schemaPath:"#/definitions/waveSize/anyOf/0/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema33.anyOf[0],data:data2};
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
if(!pattern7.test(data2)){
const err7 = {instancePath:instancePath+"/waves/" + i0,schemaPath:"#/definitions/waveSize/anyOf/1/pattern",keyword:"pattern",params:{pattern: "^(100|[1-9][0-9]?)%$"},message:"must match pattern \""+"^(100|[1-9][0-9]?)%$"+"\"",schema:"^(100|[1-9][0-9]?)%$",parentSchema:schema33.anyOf[1],data:data2};
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
const err8 = {instancePath:instancePath+"/waves/" + i0,schemaPath:"#/definitions/waveSize/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.anyOf[1].type,parentSchema:schema33.anyOf[1],data:data2};
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
const err9 = {instancePath:instancePath+"/waves/" + i0,schemaPath:"#/definitions/waveSize/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema33.anyOf,parentSchema:schema33,data:data2};
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
const err10 = {instancePath:instancePath+"/waves",schemaPath:"#/properties/waves/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.waves.type,parentSchema:schema31.properties.waves,data:data1};
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
const err11 = {instancePath:instancePath+"/maxFailed",schemaPath:"#/definitions/nodeCount/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema34.anyOf[0].type,parentSchema:schema34.anyOf[0],data:data3};
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
const err12 = {instancePath:instancePath+"/maxFailed",schemaPath:"#/definitions/nodeCount/anyOf/0/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema34.anyOf[0],data:data3};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data3 < 0 || isNaN(data3)){
const err13 = {instancePath:instancePath+"/maxFailed",schemaPath:"#/definitions/nodeCount/anyOf/0/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema34.anyOf[0],data:data3};
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
if(!pattern8.test(data3)){
const err14 = {instancePath:instancePath+"/maxFailed",schemaPath:"#/definitions/nodeCount/anyOf/1/pattern",keyword:"pattern",params:{pattern: "^(100|[0-9]{1,2})%$"},message:"must match pattern \""+"^(100|[0-9]{1,2})%$"+"\"",schema:"^(100|[0-9]{1,2})%$",parentSchema:schema34.anyOf[1],data:data3};
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
const err15 = {instancePath:instancePath+"/maxFailed",schemaPath:"#/definitions/nodeCount/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema34.anyOf[1].type,parentSchema:schema34.anyOf[1],data:data3};
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
const err16 = {instancePath:instancePath+"/maxFailed",schemaPath:"#/definitions/nodeCount/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema34.anyOf,parentSchema:schema34,data:data3};
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
}
else {
const err17 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.type,parentSchema:schema31,data};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
validate30.errors = vErrors;
return errors === 0;
}

const schema35 = {"title":"Ansible","description":"How ansible-playbook is called.","type":"object","additionalProperties":false,"properties":{"executable":{"description":"Path of the ansible-playbook to use. Without it one is looked for.","$ref":"#/definitions/path","examples":["/opt/ansible/bin/ansible-playbook"]},"forks":{"description":"Nodes worked on at the same time.","type":"integer","minimum":1,"maximum":1000,"default":20,"examples":[50]},"config":{"description":"The ansible.cfg of the playbook repository: use it, with dangerous settings overridden, or ignore it.","enum":["repository","none"],"default":"repository","examples":["none"]},"hangTimeout":{"description":"A node whose task gives no result for this long is cut loose.","$ref":"#/definitions/duration","default":"30m","examples":["30m","2h"]},"connectTimeout":{"description":"How long a connection to a node may take to come up.","$ref":"#/definitions/duration","default":"10s","examples":["10s","1m"]},"diff":{"description":"Keep diffs of what changes. Turn it off where files hold secrets that no no_log covers.","type":"boolean","default":true,"examples":[false]},"extraArgs":{"description":"Further arguments of ansible-playbook. Ones that choose hosts, tags, inventory, playbook or check mode are refused, and so are variables on the command line, which everybody on the machine can read.","type":"array","items":{"type":"string"},"default":[],"examples":[["--vault-id","prod@/etc/patchrun/vault-pass"]]}},"examples":[{"forks":50,"extraArgs":["--vault-password-file","/etc/patchrun/vault-pass"]}]};

function validate32(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((((((key0 === "executable") || (key0 === "forks")) || (key0 === "config")) || (key0 === "hangTimeout")) || (key0 === "connectTimeout")) || (key0 === "diff")) || (key0 === "extraArgs"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema35,data};
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
const err4 = {instancePath:instancePath+"/forks",schemaPath:"#/properties/forks/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema35.properties.forks.type,parentSchema:schema35.properties.forks,data:data1};
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
const err5 = {instancePath:instancePath+"/forks",schemaPath:"#/properties/forks/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},message:"must be <= 1000",schema:1000,parentSchema:schema35.properties.forks,data:data1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data1 < 1 || isNaN(data1)){
const err6 = {instancePath:instancePath+"/forks",schemaPath:"#/properties/forks/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema35.properties.forks,data:data1};
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
const err7 = {instancePath:instancePath+"/config",schemaPath:"#/properties/config/enum",keyword:"enum",params:{allowedValues: schema35.properties.config.enum},message:"must be equal to one of the allowed values",schema:schema35.properties.config.enum,parentSchema:schema35.properties.config,data:data2};
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
if(!pattern6.test(data3)){
const err8 = {instancePath:instancePath+"/hangTimeout",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(ms|s|m|h|d))+$"},message:"must match pattern \""+"^([0-9]{1,9}(ms|s|m|h|d))+$"+"\"",schema:"^([0-9]{1,9}(ms|s|m|h|d))+$",parentSchema:schema32,data:data3};
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
const err9 = {instancePath:instancePath+"/hangTimeout",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema32.type,parentSchema:schema32,data:data3};
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
if(!pattern6.test(data4)){
const err10 = {instancePath:instancePath+"/connectTimeout",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(ms|s|m|h|d))+$"},message:"must match pattern \""+"^([0-9]{1,9}(ms|s|m|h|d))+$"+"\"",schema:"^([0-9]{1,9}(ms|s|m|h|d))+$",parentSchema:schema32,data:data4};
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
const err11 = {instancePath:instancePath+"/connectTimeout",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema32.type,parentSchema:schema32,data:data4};
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
const err12 = {instancePath:instancePath+"/diff",schemaPath:"#/properties/diff/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema35.properties.diff.type,parentSchema:schema35.properties.diff,data:data5};
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
const err13 = {instancePath:instancePath+"/extraArgs/" + i0,schemaPath:"#/properties/extraArgs/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.properties.extraArgs.items.type,parentSchema:schema35.properties.extraArgs.items,data:data7};
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
const err14 = {instancePath:instancePath+"/extraArgs",schemaPath:"#/properties/extraArgs/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema35.properties.extraArgs.type,parentSchema:schema35.properties.extraArgs,data:data6};
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
const err15 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema35.type,parentSchema:schema35,data};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
validate32.errors = vErrors;
return errors === 0;
}

const schema39 = {"title":"State","description":"Where patchrun keeps its journal.","type":"object","additionalProperties":false,"properties":{"directory":{"description":"Directory of the state. Every process that shares the fleet must see the same one.","$ref":"#/definitions/path","default":".patchrun","examples":["/var/lib/patchrun/m3"]}},"examples":[{"directory":"/var/lib/patchrun/m3"}]};

function validate34(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(key0 === "directory")){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema39,data};
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
}
else {
const err4 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema39.type,parentSchema:schema39,data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
validate34.errors = vErrors;
return errors === 0;
}

const schema42 = {"title":"Environment","description":"A named part of the fleet with its own lists. The deny list of the fleet holds here too.","type":"object","additionalProperties":false,"required":["nodes"],"properties":{"nodes":{"title":"EnvironmentNodes","description":"The nodes of the environment; every one must be on the fleet's allow list.","type":"object","additionalProperties":false,"required":["allow","canary"],"properties":{"allow":{"description":"The nodes of the environment.","$ref":"#/definitions/hostList","examples":[["test[01-04]"]]},"deny":{"description":"Nodes that must not be touched here, besides those the fleet denies.","$ref":"#/definitions/hostList","default":[],"examples":[["test04"]]},"canary":{"description":"The nodes touched first.","$ref":"#/definitions/hostList","examples":[["test01"]]}},"examples":[{"allow":["test[01-04]"],"canary":["test01"]}]},"rollout":{"$ref":"#/definitions/rollout"},"playbooks":{"title":"EnvironmentPlaybooks","description":"What differs from the fleet's playbooks.","type":"object","additionalProperties":false,"properties":{"ref":{"description":"Branch, tag or full commit that is rolled out here.","$ref":"#/definitions/ref","examples":["release-2025-11"]}},"examples":[{"ref":"release-2025-11"}]}},"examples":[{"nodes":{"allow":["test[01-04]"],"canary":["test01"]},"rollout":{"soak":"0s"}}]};

function validate36(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.nodes === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "nodes"},message:"must have required property '"+"nodes"+"'",schema:schema42.required,parentSchema:schema42,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "nodes") || (key0 === "rollout")) || (key0 === "playbooks"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema42,data};
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
const err2 = {instancePath:instancePath+"/nodes",schemaPath:"#/properties/nodes/required",keyword:"required",params:{missingProperty: "allow"},message:"must have required property '"+"allow"+"'",schema:schema42.properties.nodes.required,parentSchema:schema42.properties.nodes,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0.canary === undefined){
const err3 = {instancePath:instancePath+"/nodes",schemaPath:"#/properties/nodes/required",keyword:"required",params:{missingProperty: "canary"},message:"must have required property '"+"canary"+"'",schema:schema42.properties.nodes.required,parentSchema:schema42.properties.nodes,data:data0};
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
const err4 = {instancePath:instancePath+"/nodes",schemaPath:"#/properties/nodes/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema42.properties.nodes,data:data0};
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
if(!(validate14(data0.allow, {instancePath:instancePath+"/nodes/allow",parentData:data0,parentDataProperty:"allow",rootData}))){
vErrors = vErrors === null ? validate14.errors : vErrors.concat(validate14.errors);
errors = vErrors.length;
}
}
if(data0.deny !== undefined){
if(!(validate14(data0.deny, {instancePath:instancePath+"/nodes/deny",parentData:data0,parentDataProperty:"deny",rootData}))){
vErrors = vErrors === null ? validate14.errors : vErrors.concat(validate14.errors);
errors = vErrors.length;
}
}
if(data0.canary !== undefined){
if(!(validate14(data0.canary, {instancePath:instancePath+"/nodes/canary",parentData:data0,parentDataProperty:"canary",rootData}))){
vErrors = vErrors === null ? validate14.errors : vErrors.concat(validate14.errors);
errors = vErrors.length;
}
}
}
else {
const err5 = {instancePath:instancePath+"/nodes",schemaPath:"#/properties/nodes/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema42.properties.nodes.type,parentSchema:schema42.properties.nodes,data:data0};
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
if(!(validate30(data.rollout, {instancePath:instancePath+"/rollout",parentData:data,parentDataProperty:"rollout",rootData}))){
vErrors = vErrors === null ? validate30.errors : vErrors.concat(validate30.errors);
errors = vErrors.length;
}
}
if(data.playbooks !== undefined){
let data5 = data.playbooks;
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
for(const key2 in data5){
if(!(key2 === "ref")){
const err6 = {instancePath:instancePath+"/playbooks",schemaPath:"#/properties/playbooks/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema42.properties.playbooks,data:data5};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data5.ref !== undefined){
let data6 = data5.ref;
if(typeof data6 === "string"){
if(!pattern2.test(data6)){
const err7 = {instancePath:instancePath+"/playbooks/ref",schemaPath:"#/definitions/ref/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_./][A-Za-z0-9_./+@#-]{0,250}$"},message:"must match pattern \""+"^[A-Za-z0-9_./][A-Za-z0-9_./+@#-]{0,250}$"+"\"",schema:"^[A-Za-z0-9_./][A-Za-z0-9_./+@#-]{0,250}$",parentSchema:schema14,data:data6};
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
const err8 = {instancePath:instancePath+"/playbooks/ref",schemaPath:"#/definitions/ref/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema14.type,parentSchema:schema14,data:data6};
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
const err9 = {instancePath:instancePath+"/playbooks",schemaPath:"#/properties/playbooks/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema42.properties.playbooks.type,parentSchema:schema42.properties.playbooks,data:data5};
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
const err10 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema42.type,parentSchema:schema42,data};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
validate36.errors = vErrors;
return errors === 0;
}


function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
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
if(!(validate13(data.nodes, {instancePath:instancePath+"/nodes",parentData:data,parentDataProperty:"nodes",rootData}))){
vErrors = vErrors === null ? validate13.errors : vErrors.concat(validate13.errors);
errors = vErrors.length;
}
}
if(data.inventory !== undefined){
if(!(validate19(data.inventory, {instancePath:instancePath+"/inventory",parentData:data,parentDataProperty:"inventory",rootData}))){
vErrors = vErrors === null ? validate19.errors : vErrors.concat(validate19.errors);
errors = vErrors.length;
}
}
if(data.failureDomains !== undefined){
if(!(validate27(data.failureDomains, {instancePath:instancePath+"/failureDomains",parentData:data,parentDataProperty:"failureDomains",rootData}))){
vErrors = vErrors === null ? validate27.errors : vErrors.concat(validate27.errors);
errors = vErrors.length;
}
}
if(data.changes !== undefined){
let data7 = data.changes;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
for(const key1 in data7){
if(!(key1 === "untagged")){
const err9 = {instancePath:instancePath+"/changes",schemaPath:"#/definitions/changes/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema30,data:data7};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data7.untagged !== undefined){
let data8 = data7.untagged;
if(!((data8 === "drain") || (data8 === "error"))){
const err10 = {instancePath:instancePath+"/changes/untagged",schemaPath:"#/definitions/changes/properties/untagged/enum",keyword:"enum",params:{allowedValues: schema30.properties.untagged.enum},message:"must be equal to one of the allowed values",schema:schema30.properties.untagged.enum,parentSchema:schema30.properties.untagged,data:data8};
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
const err11 = {instancePath:instancePath+"/changes",schemaPath:"#/definitions/changes/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema30.type,parentSchema:schema30,data:data7};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.rollout !== undefined){
if(!(validate30(data.rollout, {instancePath:instancePath+"/rollout",parentData:data,parentDataProperty:"rollout",rootData}))){
vErrors = vErrors === null ? validate30.errors : vErrors.concat(validate30.errors);
errors = vErrors.length;
}
}
if(data.ansible !== undefined){
if(!(validate32(data.ansible, {instancePath:instancePath+"/ansible",parentData:data,parentDataProperty:"ansible",rootData}))){
vErrors = vErrors === null ? validate32.errors : vErrors.concat(validate32.errors);
errors = vErrors.length;
}
}
if(data.state !== undefined){
if(!(validate34(data.state, {instancePath:instancePath+"/state",parentData:data,parentDataProperty:"state",rootData}))){
vErrors = vErrors === null ? validate34.errors : vErrors.concat(validate34.errors);
errors = vErrors.length;
}
}
if(data.environments !== undefined){
let data12 = data.environments;
if(data12 && typeof data12 == "object" && !Array.isArray(data12)){
if(Object.keys(data12).length < 1){
const err12 = {instancePath:instancePath+"/environments",schemaPath:"#/properties/environments/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties",schema:1,parentSchema:schema11.properties.environments,data:data12};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
for(const key2 in data12){
const _errs22 = errors;
if(typeof key2 === "string"){
if(!pattern0.test(key2)){
const err13 = {instancePath:instancePath+"/environments",schemaPath:"#/definitions/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$",parentSchema:schema12,data:key2,propertyName:key2};
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
const err14 = {instancePath:instancePath+"/environments",schemaPath:"#/definitions/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema12.type,parentSchema:schema12,data:key2,propertyName:key2};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
var valid4 = _errs22 === errors;
if(!valid4){
const err15 = {instancePath:instancePath+"/environments",schemaPath:"#/properties/environments/propertyNames",keyword:"propertyNames",params:{propertyName: key2},message:"property name must be valid",schema:schema11.properties.environments.propertyNames,parentSchema:schema11.properties.environments,data:data12};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
for(const key3 in data12){
if(!(validate36(data12[key3], {instancePath:instancePath+"/environments/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data12,parentDataProperty:key3,rootData}))){
vErrors = vErrors === null ? validate36.errors : vErrors.concat(validate36.errors);
errors = vErrors.length;
}
}
}
else {
const err16 = {instancePath:instancePath+"/environments",schemaPath:"#/properties/environments/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.properties.environments.type,parentSchema:schema11.properties.environments,data:data12};
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
const err17 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.type,parentSchema:schema11,data};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}
