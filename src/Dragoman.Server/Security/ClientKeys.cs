using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Server.Security;

/// <summary>Who may ask: the keys of the configuration, held only as hashes, so that looking one up tells nothing by its timing.</summary>
internal sealed class ClientKeys
{
    private readonly HashSet<UInt128> _hashes;
    private readonly KeyMemo _memo = new();

    public ClientKeys(IEnumerable<string> keys) => _hashes = [.. keys.Select(key => Hash(key))];

    /// <summary>Whether no key is configured: then every caller on this machine is let in.</summary>
    public bool IsOpen => _hashes.Count == 0;

    /// <summary>Whether the request shows a key that is known. Any carrier will do; a wrong one beside a right one does no harm.</summary>
    public bool Allows(HttpRequest request, out bool shown) => Find(request, out shown) is not null || IsOpen;

    /// <summary>Who the caller is, as a name for what is kept on its behalf: made of its key's hash, the same for every caller of an open gateway.</summary>
    public string OwnerOf(HttpRequest request) => Find(request, out _) is { } hash ? hash.ToString("x32") : "";

    private UInt128? Find(HttpRequest request, out bool shown)
    {
        shown = false;
        if (IsOpen) return null;
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) authorization = authorization[7..];
        return Match(authorization, ref shown)
            ?? Match(request.Headers["x-api-key"].ToString(), ref shown)
            ?? Match(request.Headers["x-goog-api-key"].ToString(), ref shown)
            ?? Match(request.Query["key"].ToString(), ref shown)
            ?? Match(request.Query["auth_token"].ToString(), ref shown);
    }

    private UInt128? Match(string key, ref bool shown)
    {
        key = key.Trim();
        if (key.Length == 0) return null;
        shown = true;
        if (_memo.Find(key, out var mark) is { } known) return known;
        var hash = Hash(key);
        if (!_hashes.Contains(hash)) return null;
        _memo.Add(mark, hash);
        return hash;
    }

    private static UInt128 Hash(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        return new UInt128(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]));
    }
}
