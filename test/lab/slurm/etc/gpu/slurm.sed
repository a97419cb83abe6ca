# Each node has a GPU, as far as Slurm can tell.
/^NodeName=/s/RealMemory=1000/& Gres=gpu:1/
$a GresTypes=gpu
