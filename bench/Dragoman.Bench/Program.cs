using Dragoman.Bench;
using Dragoman.Bench.Compare;
using Dragoman.Bench.Flows;
using Dragoman.Bench.Hang;
using Dragoman.Bench.Load;
using Dragoman.Bench.Pump;
using Dragoman.Bench.Upstream;
using MeasuredGateway = Dragoman.Bench.Compare.Gateway;

const string Usage = """
    dragoman-bench upstream --port N               the mock upstream
    dragoman-bench pump     --port N --to URL      a bare Kestrel + HttpMessageInvoker copy loop: the floor
    dragoman-bench load     --url URL --scenario small|agent|stream|idle [--client chat|responses|messages|gemini]
                            [--model bench-200x20] [--connections N] [--seconds S] [--pid N] [--key K] [--large]
    dragoman-bench compare  [--quick] [--only TEXT[,TEXT…]] [--rounds N] [--out DIR] [--no-publish] [--sigv4]
                            [--flows off|metadata|full]
    dragoman-bench flows    [--count 50000]        what recording costs: CPU, allocations, bytes, searches
    dragoman-bench hang     [--postgres ADDRESS] [--clients 60] [--seconds 15] [--no-publish]
                            what others notice of a store that stops answering
    dragoman-bench config   --upstream HOST:PORT   the gateway's configuration that compare uses, to profile by hand
    The README beside this project says what each means.
    """;

try
{
    if (args.Length == 0) throw new UsageException("A subcommand is needed.");
    var arguments = new Arguments(args.AsSpan(1));
    return args[0] switch
    {
        "upstream" => await MockUpstream.RunAsync(arguments),
        "pump" => await PumpServer.RunAsync(arguments),
        "load" => await LoadCommand.RunAsync(arguments),
        "compare" => await CompareCommand.RunAsync(arguments),
        "flows" => await FlowsCommand.RunAsync(arguments),
        "hang" => await HangCommand.RunAsync(arguments),
        "config" => MeasuredGateway.PrintConfig(arguments),
        _ => throw new UsageException($"'{args[0]}' is no subcommand."),
    };
}
catch (UsageException ex)
{
    await Console.Error.WriteLineAsync($"{ex.Message}\n\n{Usage}");
    return 2;
}
