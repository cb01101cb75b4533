using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Secrets;

/// <summary>
/// AES-256-GCM envelopes: version (1 byte), key id (8), nonce (12), tag (16), text. The header and the purpose are authenticated with it.
/// The keys lie in <c>master.key</c> (mode 0600) or come from <c>DRAGOMAN_MASTER_KEY</c>; older ones open what they wrapped until they are dropped.
/// A file that another process changed is read again when a key is needed: one rotation holds for all that read the file.
/// </summary>
public sealed class SecretProtector : ISecretProtector
{
    /// <summary>The variable that names the current key instead of the file.</summary>
    public const string Variable = "DRAGOMAN_MASTER_KEY";

    /// <summary>The variable with older keys, parted by commas, for the time of a rotation.</summary>
    public const string PreviousVariable = "DRAGOMAN_MASTER_KEY_PREVIOUS";

    private const byte Version = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeaderLength = 1 + SecretKeys.IdLength;

    private readonly string _file;
    private readonly Func<string, string?> _environment;
    private volatile SecretKeys _keys;
    private (DateTime Written, long Length) _stamp;

    private SecretProtector(string file, Func<string, string?> environment)
    {
        _file = file;
        _environment = environment;
        _keys = Load();
    }

    /// <summary>Whether the current key comes from the environment; then it is rotated there, not by <see cref="Rotate"/>.</summary>
    public bool FromEnvironment => !string.IsNullOrWhiteSpace(_environment(Variable));

    /// <summary>Opens the keys; makes <c>master.key</c> in the folder when there is none and the environment names none.</summary>
    /// <param name="folder">The folder of the key file.</param>
    /// <param name="environment">Reads a variable.</param>
    /// <exception cref="SecretUnreadableException">The keys given cannot be used.</exception>
    public static SecretProtector Open(string folder, Func<string, string?> environment)
    {
        PrivateFiles.CreateFolder(folder);
        return new SecretProtector(Path.Combine(folder, "master.key"), environment);
    }

    /// <inheritdoc/>
    public byte[] Protect(ReadOnlySpan<byte> secret, string purpose)
    {
        var ring = Renewed();
        var envelope = new byte[HeaderLength + NonceLength + TagLength + secret.Length];
        envelope[0] = Version;
        BinaryPrimitives.WriteUInt64LittleEndian(envelope.AsSpan(1), ring.Current);
        var nonce = envelope.AsSpan(HeaderLength, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(ring.Find(ring.Current)!, TagLength);
        cipher.Encrypt(nonce, secret, envelope.AsSpan(HeaderLength + NonceLength + TagLength), envelope.AsSpan(HeaderLength + NonceLength, TagLength), AssociatedData(envelope, purpose));
        return envelope;
    }

    /// <inheritdoc/>
    public byte[] Unprotect(ReadOnlySpan<byte> envelope, string purpose)
    {
        if (envelope.Length < HeaderLength + NonceLength + TagLength || envelope[0] != Version) throw new SecretUnreadableException("A stored secret is not an envelope this program knows.");
        var id = BinaryPrimitives.ReadUInt64LittleEndian(envelope[1..]);
        var key = _keys.Find(id) ?? Renewed().Find(id)
            ?? throw new SecretUnreadableException($"A stored secret was wrapped with a key that is not here. Bring back {Path.GetFileName(_file)}, or name the key in {Variable} or {PreviousVariable}.");
        var secret = new byte[envelope.Length - HeaderLength - NonceLength - TagLength];
        try
        {
            using var cipher = new AesGcm(key, TagLength);
            cipher.Decrypt(envelope.Slice(HeaderLength, NonceLength), envelope[(HeaderLength + NonceLength + TagLength)..], envelope.Slice(HeaderLength + NonceLength, TagLength), secret, AssociatedData(envelope, purpose));
            return secret;
        }
        catch (CryptographicException ex)
        {
            throw new SecretUnreadableException("A stored secret was altered, or belongs to another row.", ex);
        }
    }

    /// <inheritdoc/>
    public bool IsCurrent(ReadOnlySpan<byte> envelope)
        => envelope.Length >= HeaderLength && envelope[0] == Version && BinaryPrimitives.ReadUInt64LittleEndian(envelope[1..]) == Renewed().Current;

    /// <summary>
    /// Makes a new current key in the file; the older ones stay, so that what they wrapped opens. Follow it with
    /// <see cref="IGatewayStore.ReprotectAsync"/> and, when that is done on every node, <see cref="DropOld"/>.
    /// </summary>
    public void Rotate()
    {
        if (FromEnvironment) throw new InvalidOperationException($"The key comes from {Variable}: put the new one there and the old one into {PreviousVariable}.");
        Write([KeyFile.New(), .. KeyFile.Read(_file)]);
    }

    /// <summary>Forgets the older keys of the file. What they wrapped cannot be opened any more.</summary>
    public void DropOld()
    {
        var lines = File.Exists(_file) ? KeyFile.Read(_file) : [];
        if (FromEnvironment && lines.Count > 0) File.Delete(_file);
        else if (lines.Count > 1) Write([lines[0]]);
        _keys = Load();
    }

    /// <summary>The keys as the file has them now: another process may have rotated them. A file that is gone or broken leaves those that were read.</summary>
    private SecretKeys Renewed()
    {
        if (Stamp() == _stamp || !File.Exists(_file)) return _keys;
        try
        {
            return _keys = Load();
        }
        catch (Exception ex) when (ex is SecretUnreadableException or IOException or UnauthorizedAccessException)
        {
            return _keys;
        }
    }

    private (DateTime Written, long Length) Stamp()
    {
        // Of a link (a mounted secret) the file behind it counts.
        FileSystemInfo link = new FileInfo(_file);
        var info = link.LinkTarget is null ? (FileInfo)link : link.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? (FileInfo)link;
        return info.Exists ? (info.LastWriteTimeUtc, info.Length) : default;
    }

    private static byte[] AssociatedData(ReadOnlySpan<byte> envelope, string purpose) => [.. envelope[..HeaderLength], .. Encoding.UTF8.GetBytes(purpose)];

    private void Write(IReadOnlyList<byte[]> materials)
    {
        KeyFile.Write(_file, materials);
        _keys = Load();
    }

    private SecretKeys Load()
    {
        var ring = new SecretKeys();
        // Before it is read: what is written meanwhile is seen the next time.
        if (!FromEnvironment && !File.Exists(_file)) KeyFile.Create(_file);
        _stamp = Stamp();
        foreach (var text in (_environment(PreviousVariable) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) ring.Add(ParseKey(text, PreviousVariable), current: false);
        var first = true;
        foreach (var material in File.Exists(_file) ? KeyFile.Read(_file) : [])
        {
            ring.Add(material, current: first && !FromEnvironment);
            first = false;
        }

        if (FromEnvironment) ring.Add(ParseKey(_environment(Variable)!, Variable), current: true);
        return ring;
    }

    private static byte[] ParseKey(string text, string variable) => SecretKeys.Material(text)
        ?? throw new SecretUnreadableException($"{variable} is too short to protect secrets. Give 32 random bytes, for example from 'openssl rand -base64 32'.");
}
