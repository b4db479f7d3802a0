"""Where the parts come from: lock, audit, bill of materials, licences. `python -m tests.supply`."""
