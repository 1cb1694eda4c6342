"""What stands in for the phone and for WeChat in the demo and the tests. The product imports none of it."""
