"""tapewire's flow. Read in this order: flow, records, ports, stages/, stories/, delivery/, assemble, worker/."""
