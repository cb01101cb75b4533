namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>Ids of requests as that system's logs and files have them: eight hexadecimal digits. They are the last ones of the gateway's own ids, which are random.</summary>
internal static class RequestIds
{
    /// <summary>How long a short id is.</summary>
    public const int Length = 8;

    private const int Whole = 32;

    /// <summary>The short id.</summary>
    public static string Of(string id) => id.Length > Length ? id[^Length..] : id;

    /// <summary>The id that a line of the log begins with, and the rest; null where it begins with none.</summary>
    public static (string? Id, string Message) Split(string message)
        => message.Length > Whole && message[Whole] == ' ' && message.Take(Whole).All(char.IsAsciiHexDigitLower) ? (Of(message[..Whole]), message[(Whole + 1)..]) : (null, message);
}
