// Agents start slowly and the machine that tests may be small: two classes at a time, each one agent after the other.
[assembly: Xunit.v3.Parallelization(MaxThreads = 2)]
