"""What strangers try, as data: addresses, answers and pages; and a server that gives the answers."""
