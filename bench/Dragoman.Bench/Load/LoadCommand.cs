using System.Net;
using Dragoman.Bench.Measure;
using Dragoman.Bench.Requests;

namespace Dragoman.Bench.Load;

/// <summary><c>load</c>: one scenario against one address.</summary>
internal static class LoadCommand
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var url = new Uri(arguments.Needed("url"));
        var scenario = arguments.Needed("scenario");
        var client = Wires.Parse(arguments.Text("client") ?? "chat");
        var model = arguments.Text("model") ?? (scenario == "idle" ? "bench-2x120000" : "bench-200x20");
        var connections = arguments.Number("connections", scenario switch { "stream" => 64, "idle" => 5_000, _ => 16 });
        var seconds = arguments.Seconds("seconds", 5);
        var pid = arguments.Number("pid", 0);
        var key = arguments.Text("key") ?? "bench-key";
        var large = scenario == "agent" || arguments.Has("large");
        arguments.Finish();
        if (scenario is not ("small" or "agent" or "stream" or "idle")) throw new UsageException($"'{scenario}' is no scenario.");

        var target = new IPEndPoint(IPAddress.Loopback, url.Port);
        var events = scenario is "stream" or "idle" ? ModelName.Parse(model).Events : 0;
        var request = ClientRequest.Build(client, url.Authority, model, large, events, key);
        var meter = pid > 0 ? new ProcessMeter(pid) : null;
        if (scenario == "idle")
        {
            var idle = await IdleStreams.RunAsync(target, request, connections, meter ?? throw new UsageException("--pid is needed: memory is what this scenario is about."), TimeSpan.FromSeconds(2));
            Console.WriteLine($"{idle.Streams} streams held: {idle.BytesPerStream / 1_024:F1} KB each (RSS {idle.BeforeBytes >> 20} → {idle.HeldBytes >> 20} MB), {idle.CpuShare:P1} of a core");
            return 0;
        }

        using (var probe = new ClientConnection(target))
        {
            await probe.OpenAsync();
            var answer = await probe.AskAsync(request, keep: true);
            if (answer.Status != 200 || answer.Marks < events) throw new LoadException($"Status {answer.Status}, {answer.Marks} events: {answer.Body}");
        }

        var pace = ModelName.Parse(model).PaceMs;
        var result = scenario == "stream"
            ? await LoadRun.TimesAsync(target, request, connections, Math.Max(1, pace == 0 ? 20 : (int)(seconds * 1_000 / (events * pace))), meter)
            : await LoadRun.ForAsync(target, request, connections, seconds, meter);
        Console.WriteLine($"request {request.Bytes.Length:N0} bytes; {result.Requests} answers in {result.Seconds:F2} s, {result.Errors} errors");
        Console.WriteLine($"{result.RequestsPerSecond:F0} requests/s, p50 {result.P50:F3} ms, p99 {result.P99:F3} ms" + (events > 0 ? $" to the first byte; gap p99 {result.GapP99:F1} ms" : ""));
        if (meter is not null)
        {
            Console.WriteLine($"server: {result.CpuPerRequest:F1} µs CPU a request" + (events > 0 ? $", {result.CpuPerEvent:F2} µs an event" : "") + $", RSS {result.ResidentBytes >> 20} MB");
        }

        return result.Errors == 0 ? 0 : 1;
    }
}
