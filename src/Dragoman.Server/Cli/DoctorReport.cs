using System.Text.Json;

namespace Dragoman.Server.Cli;

/// <summary>What the doctor found, printed as it is found, or at the end as JSON.</summary>
internal sealed class DoctorReport(bool json)
{
    private readonly List<(string Area, bool Good, string Words)> _findings = [];

    public void Add(string area, bool good, string words)
    {
        _findings.Add((area, good, words));
        if (!json) Console.Out.WriteLine($"{(good ? "ok  " : "FAIL")}  {area}: {words}");
    }

    public void Progress(string words)
    {
        if (!json && !Console.IsErrorRedirected) Console.Error.WriteLine($"      {words}");
    }

    public int Finish()
    {
        var good = _findings.TrueForAll(static finding => finding.Good);
        if (json)
        {
            using var stream = Console.OpenStandardOutput();
            using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            writer.WriteStartObject();
            writer.WriteBoolean("ok", good);
            writer.WriteStartArray("findings");
            foreach (var (area, fine, words) in _findings)
            {
                writer.WriteStartObject();
                writer.WriteString("area", area);
                writer.WriteBoolean("ok", fine);
                writer.WriteString("message", words);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        else
        {
            Console.Out.WriteLine(good ? "All is well." : "Something needs mending: see the lines that begin with FAIL.");
        }

        if (good) return ExitCodes.Success;
        return _findings.Exists(static finding => !finding.Good && finding.Area == "configuration") ? ExitCodes.Configuration : ExitCodes.Failure;
    }
}
