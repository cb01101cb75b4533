using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Dragoman.Gateway.Persistence;
using Konscious.Security.Cryptography;

namespace Dragoman.Storage.Secrets;

/// <summary>
/// A file that a passphrase opens: Argon2id makes a key of the passphrase, AES-256-GCM encrypts the content and authenticates the header with it. Format 1, numbers little-endian:
/// <code>
///  0  16  "dragoman-bundle\n"
/// 16   1  format (1)
/// 17   1  how the key is made (1: Argon2id version 1.3)
/// 18   1  cipher (1: AES-256-GCM)
/// 19   1  parallelism of Argon2id
/// 20   4  its memory in KiB
/// 24   4  its iterations
/// 28  16  salt
/// 44  12  nonce
/// 56   4  length of the content
/// 60   …  encrypted content, then the tag (16)
/// </code>
/// Salt and nonce are new for every file.
/// </summary>
public static class PassphraseEnvelope
{
    /// <summary>The largest content.</summary>
    public const int MaxContent = 8 << 20;

    /// <summary>The largest file.</summary>
    public const int MaxLength = MaxContent + HeaderLength + TagLength;

    private const int HeaderLength = 60;
    private const int SaltLength = 16;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int KeyLength = 32;
    private const byte Format = 1;

    private static ReadOnlySpan<byte> Magic => "dragoman-bundle\n"u8;

    /// <summary>Encrypts.</summary>
    /// <param name="content">What is kept.</param>
    /// <param name="passphrase">What opens it.</param>
    /// <param name="cost">What the key costs; null for the default.</param>
    /// <exception cref="ArgumentException">The content is too large.</exception>
    public static byte[] Seal(ReadOnlySpan<byte> content, string passphrase, PassphraseCost? cost = null)
    {
        cost ??= PassphraseCost.Default;
        if (content.Length > MaxContent) throw new ArgumentException("The content is too large.", nameof(content));
        var file = new byte[HeaderLength + content.Length + TagLength];
        var header = file.AsSpan(0, HeaderLength);
        Magic.CopyTo(header);
        (header[16], header[17], header[18], header[19]) = (Format, 1, 1, (byte)cost.Parallelism);
        BinaryPrimitives.WriteInt32LittleEndian(header[20..], cost.MemoryKiB);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], cost.Iterations);
        RandomNumberGenerator.Fill(header.Slice(28, SaltLength + NonceLength));
        BinaryPrimitives.WriteInt32LittleEndian(header[56..], content.Length);
        var key = KeyOf(passphrase, header.Slice(28, SaltLength), cost);
        try
        {
            using var cipher = new AesGcm(key, TagLength);
            cipher.Encrypt(header.Slice(44, NonceLength), content, file.AsSpan(HeaderLength, content.Length), file.AsSpan(HeaderLength + content.Length), header);
            return file;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Decrypts.</summary>
    /// <param name="file">The file.</param>
    /// <param name="passphrase">What opens it.</param>
    /// <exception cref="SecretUnreadableException">It is no such file, is not whole, was altered, or another passphrase opens it.</exception>
    public static byte[] Open(ReadOnlySpan<byte> file, string passphrase)
    {
        if (file.Length < Magic.Length || !file[..Magic.Length].SequenceEqual(Magic)) throw new SecretUnreadableException("This is no bundle of Dragoman.");
        if (file.Length < HeaderLength + TagLength) throw new SecretUnreadableException("The bundle is not whole: it was cut off.");
        var header = file[..HeaderLength];
        if (header[16] != Format || header[17] != 1 || header[18] != 1) throw new SecretUnreadableException($"The bundle has the format {header[16]}.{header[17]}.{header[18]}, which this version does not know. Import it with a newer one.");
        var length = BinaryPrimitives.ReadInt32LittleEndian(header[56..]);
        if (length < 0 || file.Length - HeaderLength - TagLength != length) throw new SecretUnreadableException("The bundle is not whole: it was cut off, or something was added to it.");
        var cost = new PassphraseCost(BinaryPrimitives.ReadInt32LittleEndian(header[20..]), BinaryPrimitives.ReadInt32LittleEndian(header[24..]), header[19]);
        if (!cost.IsBearable) throw new SecretUnreadableException("Opening this bundle would take more memory or time than is allowed; its header was altered.");
        var key = KeyOf(passphrase, header.Slice(28, SaltLength), cost);
        var content = new byte[length];
        try
        {
            using var cipher = new AesGcm(key, TagLength);
            cipher.Decrypt(header.Slice(44, NonceLength), file.Slice(HeaderLength, length), file[(HeaderLength + length)..], content, header);
            return content;
        }
        catch (CryptographicException ex)
        {
            throw new SecretUnreadableException("The passphrase is wrong, or the bundle was altered.", ex);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static byte[] KeyOf(string passphrase, ReadOnlySpan<byte> salt, PassphraseCost cost)
    {
        var bytes = Encoding.UTF8.GetBytes(passphrase);
        try
        {
            using var argon = new Argon2id(bytes) { Salt = salt.ToArray(), MemorySize = cost.MemoryKiB, Iterations = cost.Iterations, DegreeOfParallelism = cost.Parallelism };
            return argon.GetBytes(KeyLength);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
