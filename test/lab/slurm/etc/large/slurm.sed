# Five thousand nodes that are not there, beside the lab's own: what it takes to read a cluster of a large site.
s/^SlurmctldDebug=.*/SlurmctldDebug=error/
/^NodeName=/a NodeName=rack[01-50]-n[001-100] NodeAddr=10.77.0.250 CPUs=128 Sockets=2 CoresPerSocket=64 RealMemory=512000 Feature=genoa,ib,nvme State=DOWN Reason="not delivered yet: PO 4711/2026, see the wiki"
$a PartitionName=large Nodes=rack[01-50]-n[001-100] MaxTime=INFINITE State=UP\
TreeWidth=65533
