"""What stands out: spikes of a topic or a unit, who is alerted, what is to be expected."""
