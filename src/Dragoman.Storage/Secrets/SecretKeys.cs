using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Storage.Secrets;

/// <summary>The keys that secrets are wrapped with: a current one, and older ones to open what they wrapped.</summary>
internal sealed class SecretKeys
{
    public const int IdLength = 8;
    private const int KeyLength = 32;

    private readonly Dictionary<ulong, byte[]> _keys = [];

    public ulong Current { get; private set; }

    public IReadOnlyCollection<ulong> Ids => _keys.Keys;

    /// <summary>Adds a key of full strength; its id is made of itself and gives nothing of it away.</summary>
    public ulong Add(byte[] material, bool current)
    {
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, KeyLength, info: "dragoman secrets"u8.ToArray());
        var id = BitConverter.ToUInt64(HKDF.DeriveKey(HashAlgorithmName.SHA256, material, IdLength, info: "dragoman key id"u8.ToArray()));
        _keys[id] = key;
        if (current) Current = id;
        return id;
    }

    public byte[]? Find(ulong id) => _keys.GetValueOrDefault(id);

    /// <summary>A key from what an operator gave: 32 bytes or more in Base64 or hexadecimal, or a long passphrase; null when it is too weak.</summary>
    public static byte[]? Material(string text)
    {
        text = text.Trim();
        if (text.Length >= 64 && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit)) return Convert.FromHexString(text);
        var room = new byte[text.Length];
        if (Convert.TryFromBase64String(text, room, out var length) && length >= KeyLength) return room[..length];
        return text.Length >= KeyLength ? Encoding.UTF8.GetBytes(text) : null;
    }
}
