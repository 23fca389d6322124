"""What people must look at, and what may be said afterwards: samples, risk, intervals, agreement. Pure functions."""
