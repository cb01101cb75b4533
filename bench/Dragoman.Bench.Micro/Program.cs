using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Dragoman.Bench.Micro;

// In process: the projects' central package versions and analyzers are not for the project that BenchmarkDotNet would generate.
var config = DefaultConfig.Instance
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
    .WithArtifactsPath(Path.Combine("artifacts", "bench", "micro"));
BenchmarkSwitcher.FromTypes([typeof(AgentRequest), typeof(AgentPair), typeof(EventStream)]).Run(args.Length == 0 ? ["--filter", "*"] : args, config);
