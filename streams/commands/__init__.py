"""The subcommands of `tapewire`: each has `add_arguments(parser)` and `run(options) -> exit code`."""
