"""Reading on a second core: a process beside this one walks articles through the pure stages of the flow."""
