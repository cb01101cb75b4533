using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Cli.Terminal;

namespace Dragoman.Cli.Doctor;

/// <summary>How grave a finding is.</summary>
internal enum DoctorLevel
{
    /// <summary>Nothing to do.</summary>
    Ok,

    /// <summary>It works, and something about it is not as it should be.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Failure,
}

/// <summary>What the doctor found, printed as it is found, or at the end as JSON.</summary>
internal sealed class DoctorReport(bool json)
{
    private readonly List<(string Area, DoctorLevel Level, string Words)> _findings = [];

    /// <summary>All that was found.</summary>
    public IReadOnlyList<(string Area, DoctorLevel Level, string Words)> Findings => _findings;

    public void Ok(string area, string words) => Add(area, DoctorLevel.Ok, words);

    public void Warn(string area, string words) => Add(area, DoctorLevel.Warning, words);

    public void Fail(string area, string words) => Add(area, DoctorLevel.Failure, words);

    public void Add(string area, DoctorLevel level, string words)
    {
        words = words.ReplaceLineEndings(" ");
        _findings.Add((area, level, words));
        if (!json) Console.Out.WriteLine($"{(level switch { DoctorLevel.Ok => "ok  ", DoctorLevel.Warning => "warn", _ => "FAIL" })}  {area}: {words}");
    }

    public void Progress(string words)
    {
        if (!json && !Console.IsErrorRedirected) Console.Error.WriteLine($"      {words}");
    }

    public int Finish()
    {
        var failures = _findings.Count(static finding => finding.Level == DoctorLevel.Failure);
        var warnings = _findings.Count(static finding => finding.Level == DoctorLevel.Warning);
        if (json) Print(failures, warnings);
        else if (failures > 0) Console.Out.WriteLine("Something needs correcting: see the lines that begin with FAIL.");
        else if (warnings > 0) Console.Out.WriteLine($"It works, with {warnings} warning(s): see the lines that begin with warn.");
        else Console.Out.WriteLine("All is well.");
        if (failures == 0) return ExitCodes.Success;
        return _findings.Exists(static finding => finding is { Level: DoctorLevel.Failure, Area: "configuration" }) ? ExitCodes.Configuration : ExitCodes.Failure;
    }

    private void Print(int failures, int warnings)
    {
        var text = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteBoolean("ok", failures == 0);
        writer.WriteNumber("failures", failures);
        writer.WriteNumber("warnings", warnings);
        writer.WriteStartArray("findings");
        foreach (var (area, level, words) in _findings)
        {
            writer.WriteStartObject();
            writer.WriteString("area", area);
            writer.WriteBoolean("ok", level != DoctorLevel.Failure);
            writer.WriteString("level", level switch { DoctorLevel.Ok => "ok", DoctorLevel.Warning => "warning", _ => "failure" });
            writer.WriteString("message", words);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        Console.Out.Write(Encoding.UTF8.GetString(text.WrittenSpan));
    }
}
