"""Time, units, luck and money: what every other layer stands on."""
