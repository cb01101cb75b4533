using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Emulators.FakeModel;

/// <summary>
/// Signatures and encrypted reasoning: a payload with a keyed hash over it. What comes back is checked, so that a signature that was
/// invented, cut or moved to other text is refused, as the providers do.
/// </summary>
internal sealed class SignatureIssuer(int seed)
{
    private const int MacLength = 16;
    private readonly byte[] _key = SHA256.HashData(Encoding.UTF8.GetBytes($"dragoman-emulator/{seed}"));

    /// <summary>Seals <paramref name="payload"/> for one family of models; other families cannot open it.</summary>
    public string Issue(string family, string payload)
    {
        var text = Encoding.UTF8.GetBytes(payload);
        var sealedBytes = new byte[MacLength + text.Length];
        Mac(family, text).AsSpan(0, MacLength).CopyTo(sealedBytes);
        text.CopyTo(sealedBytes.AsSpan(MacLength));
        return Convert.ToBase64String(sealedBytes);
    }

    /// <summary>The payload, or null when this emulator did not issue the signature.</summary>
    public string? Open(string family, string signature)
    {
        var bytes = new byte[signature.Length];
        if (!Convert.TryFromBase64String(signature, bytes, out var count) || count < MacLength)
            return null;
        var text = bytes[MacLength..count];
        return CryptographicOperations.FixedTimeEquals(Mac(family, text).AsSpan(0, MacLength), bytes.AsSpan(0, MacLength))
            ? Encoding.UTF8.GetString(text)
            : null;
    }

    /// <summary>A signature over reasoning text: the text itself is not in it, only its hash.</summary>
    public string Sign(string family, string text) => Issue(family, "sha256:" + Digest(text));

    /// <summary>Whether the signature belongs to the text (or, where the text was withheld from the client, is ours at all).</summary>
    public bool Verify(string family, string text, string signature) =>
        Open(family, signature) is { } payload && (text.Length == 0 || payload == "sha256:" + Digest(text));

    /// <summary>A short name for some bytes, the same on every run.</summary>
    public static string Digest(string text) => Digest(Encoding.UTF8.GetBytes(text));

    public static string Digest(ReadOnlySpan<byte> data) => Convert.ToHexStringLower(SHA256.HashData(data))[..16];

    private byte[] Mac(string family, byte[] payload)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hash.AppendData(Encoding.UTF8.GetBytes(family + "\n"));
        hash.AppendData(payload);
        return hash.GetHashAndReset();
    }
}
