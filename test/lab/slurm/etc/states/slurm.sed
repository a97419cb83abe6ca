# Nodes of every kind: node06 is declared with GPUs that it has not, cl-* sleep, fut1 is for later, dead-8 has no address.
s/^NodeName=node\[01-06\] \(.*\)$/NodeName=node[01-05] \1\nNodeName=node06 \1 Gres=gpu:2\nNodeName=fut1 CPUs=2 RealMemory=1000 State=FUTURE\nNodeName=cl-[1-2] CPUs=2 RealMemory=1000 State=CLOUD\nNodeName=dead-8 CPUs=2 RealMemory=1000 State=DOWN Reason="not delivered yet"/
s/^PartitionName=batch Nodes=[^ ]*/PartitionName=batch Nodes=ALL/
$a GresTypes=gpu
$a SuspendProgram=/bin/true
$a ResumeProgram=/bin/true
$a SuspendTime=36000
$a SuspendTimeout=20
$a TreeWidth=65533
# 22.05 shows those that sleep only so.
$a PrivateData=cloud
