using System.Collections.Frozen;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>Keys that stand in CLIProxyAPI's sample configuration: who copies it and changes nothing would let in everybody who has read it too.</summary>
public static class SampleKeys
{
    private static readonly FrozenSet<string> Keys = FrozenSet.Create(StringComparer.Ordinal, "your-api-key-1", "your-api-key-2", "your-api-key-3");

    /// <summary>Whether a key is one of them.</summary>
    public static bool Has(string key) => Keys.Contains(key);
}
