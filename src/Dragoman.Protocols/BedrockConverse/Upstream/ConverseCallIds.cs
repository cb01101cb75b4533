namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>Ids of tool calls as Converse takes them: the client's own where legal, else one that is the same in every turn.</summary>
internal static class ConverseCallIds
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    /// <summary>The id upstream; the same for a call and its result.</summary>
    public static string Upstream(string id, bool mistral)
    {
        if (mistral) return id.Length == 9 && id.All(char.IsAsciiLetterOrDigit) ? id : Hashed(id, 9);
        return id.Length <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or ':') ? id : "call_" + Hashed(id, 11);
    }

    private static string Hashed(string id, int length)
    {
        // FNV-1a, 64 bits: no secret depends on it, and it is the same in every process.
        var hash = 14695981039346656037UL;
        foreach (var c in id) hash = (hash ^ c) * 1099511628211UL;
        return string.Create(length, hash, static (span, value) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = Alphabet[(int)(value % 62)];
                value /= 62;
            }
        });
    }
}
