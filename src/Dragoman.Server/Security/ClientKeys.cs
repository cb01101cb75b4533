using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Server.Security;

/// <summary>Who may ask: the keys of the configuration, held only as hashes, so that looking one up tells nothing by its timing.</summary>
internal sealed class ClientKeys
{
    private readonly HashSet<UInt128> _hashes;

    public ClientKeys(IEnumerable<string> keys) => _hashes = [.. keys.Select(key => Hash(key))];

    /// <summary>Whether no key is configured: then every caller on this machine is let in.</summary>
    public bool IsOpen => _hashes.Count == 0;

    /// <summary>Whether the request shows a key that is known. Any carrier will do; a wrong one beside a right one does no harm.</summary>
    public bool Allows(HttpRequest request, out bool shown)
    {
        shown = false;
        if (IsOpen) return true;
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) authorization = authorization[7..];
        return Matches(authorization, ref shown)
            || Matches(request.Headers["x-api-key"].ToString(), ref shown)
            || Matches(request.Headers["x-goog-api-key"].ToString(), ref shown)
            || Matches(request.Query["key"].ToString(), ref shown)
            || Matches(request.Query["auth_token"].ToString(), ref shown);
    }

    private bool Matches(string key, ref bool shown)
    {
        key = key.Trim();
        if (key.Length == 0) return false;
        shown = true;
        return _hashes.Contains(Hash(key));
    }

    private static UInt128 Hash(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        return new UInt128(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]));
    }
}
