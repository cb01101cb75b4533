namespace Dragoman.Gateway.ClientKeys;

/// <summary>How a key stands with its rates on this node.</summary>
/// <param name="RequestLimit">Requests a minute, or null for no limit.</param>
/// <param name="RequestsTaken">Of them, taken in the last minute.</param>
/// <param name="RequestsReset">How long until none counts any more.</param>
/// <param name="TokenLimit">Tokens a minute, or null for no limit.</param>
/// <param name="TokensTaken">Of them, taken in the last minute.</param>
/// <param name="TokensReset">How long until none counts any more.</param>
/// <param name="ConcurrencyLimit">Requests at once, or null for no limit.</param>
/// <param name="Open">Requests open now; counted for keys with a rate or concurrency limit.</param>
public readonly record struct KeyRates(
    int? RequestLimit, long RequestsTaken, TimeSpan RequestsReset, long? TokenLimit, long TokensTaken, TimeSpan TokensReset, int? ConcurrencyLimit, int Open);
