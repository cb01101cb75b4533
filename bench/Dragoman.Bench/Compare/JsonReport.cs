using System.Text;
using System.Text.Json;

namespace Dragoman.Bench.Compare;

/// <summary>The report for programs, with every round's figures.</summary>
internal static class JsonReport
{
    public static string Write(Report report)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("commit", report.Commit);
            json.WriteString("machine", Machine.Describe());
            json.WriteNumber("rounds", report.Plan.Rounds);
            json.WriteNumber("seconds", Math.Round(report.Seconds, 1));
            if (report.GatewayFault is { } fault) json.WriteString("gatewayFault", fault);
            json.WriteStartArray("budgets");
            foreach (var line in report.Budgets())
            {
                json.WriteStartObject();
                json.WriteString("what", line.What);
                json.WriteString("limit", line.Limit);
                json.WriteString("found", line.Found);
                if (line.Met is { } met) json.WriteBoolean("met", met);
                else json.WriteNull("met");
                json.WriteEndObject();
            }

            json.WriteEndArray();
            Standing(json, report);
            json.WriteStartArray("arms");
            foreach (var arm in report.Plan.Arms) Write(json, report, arm);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void Standing(Utf8JsonWriter json, Report report)
    {
        if (report.Standing is not { } status) return;
        json.WriteStartObject("standing");
        json.WriteStartArray("startSeconds");
        foreach (var value in status.StartSeconds) json.WriteNumberValue(Math.Round(value, 4));
        json.WriteEndArray();
        json.WriteNumber("firstAnswerRssBytes", status.FirstBytes);
        json.WriteNumber("idleRssBytes", status.IdleBytes);
        json.WriteNumber("loadedRssBytes", report.LoadedBytes);
        json.WriteNumber("programBytes", report.ProgramBytes);
        json.WriteStartArray("openStreams");
        foreach (var (name, held) in status.Idle)
        {
            json.WriteStartObject();
            json.WriteString("who", name);
            json.WriteNumber("streams", held.Streams);
            json.WriteNumber("bytesPerStream", Math.Round(held.BytesPerStream));
            json.WriteNumber("beforeRssBytes", held.BeforeBytes);
            json.WriteNumber("heldRssBytes", held.HeldBytes);
            json.WriteNumber("cpuShare", Math.Round(held.CpuShare, 4));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Report report, Arm arm)
    {
        json.WriteStartObject();
        json.WriteString("name", arm.Name);
        json.WriteString("scenario", Arm.Word(arm.Scenario));
        json.WriteString("target", Arm.Word(arm.Target));
        json.WriteString("client", arm.Client.Word());
        json.WriteString("upstream", arm.Upstream.Word());
        if (arm.Fault is { } fault) json.WriteString("fault", fault);
        if (arm.Fault is null && arm.Runs.Count > 0)
        {
            json.WriteNumber(arm.Scenario == Scenario.Stream ? "cpuMicrosecondsPerEvent" : "cpuMicrosecondsPerRequest", Math.Round(arm.Cost, 2));
            if (!double.IsNaN(report.Ratio(arm))) json.WriteNumber("timesPump", Math.Round(report.Ratio(arm), 3));
        }

        json.WriteStartArray("runs");
        foreach (var run in arm.Runs)
        {
            json.WriteStartObject();
            json.WriteNumber("requests", run.Requests);
            json.WriteNumber("events", run.Events);
            json.WriteNumber("seconds", Math.Round(run.Seconds, 3));
            json.WriteNumber("cpuMicroseconds", Math.Round(run.CpuMicroseconds));
            json.WriteNumber("p50Ms", Math.Round(run.P50, 4));
            json.WriteNumber("p99Ms", Math.Round(run.P99, 4));
            json.WriteNumber("gapP99Ms", Math.Round(run.GapP99, 3));
            json.WriteNumber("rssBytes", run.ResidentBytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
