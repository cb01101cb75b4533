namespace Dragoman.Bench;

/// <summary>The end of a model's name says what the mock streams: <c>200x20</c> is 200 events, 20 ms apart.</summary>
internal readonly record struct ModelName(int Events, int PaceMs)
{
    public override string ToString() => $"{Events}x{PaceMs}";

    public static ModelName Parse(string model)
    {
        var parts = model[(model.LastIndexOf('-') + 1)..].Split('x');
        if (parts.Length == 2 && int.TryParse(parts[0], out var events) && int.TryParse(parts[1], out var pace)) return new ModelName(events, pace);
        throw new UsageException($"'{model}' does not end like bench-200x20.");
    }
}
