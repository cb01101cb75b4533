using System.Security.Cryptography;
using System.Text;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Secrets;

/// <summary>The key file: one key a line in Base64, the current one first. Replaced whole, so that a crash leaves the old or the new one.</summary>
internal static class KeyFile
{
    private const string Heading = "# Dragoman's master keys: the first is current. Who has this file and the store has every secret in it; without it they are lost.";

    public static byte[] New() => RandomNumberGenerator.GetBytes(32);

    /// <summary>Makes the file with one new key, unless another process was first: then that one's stands.</summary>
    public static void Create(string file)
    {
        var part = $"{file}.{Guid.NewGuid():N}.part";
        using (var stream = PrivateFiles.OpenNew(part))
        {
            stream.Write(Text([New()]));
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(part, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(part);
        }
    }

    public static void Write(string file, IReadOnlyList<byte[]> materials) => PrivateFiles.Replace(file, Text(materials));

    public static IReadOnlyList<byte[]> Read(string file)
    {
        PrivateFiles.TryNarrow(file);
        var keys = new List<byte[]>();
        foreach (var line in File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith('#')))
            keys.Add(SecretKeys.Material(line) ?? throw new SecretUnreadableException($"{file} has a line that is no key. Bring back the file as it was; without it stored secrets are lost."));
        return keys.Count > 0 ? keys : throw new SecretUnreadableException($"{file} holds no key. Bring back the file as it was; without it stored secrets are lost.");
    }

    private static byte[] Text(IEnumerable<byte[]> materials) => Encoding.UTF8.GetBytes($"{Heading}\n{string.Concat(materials.Select(key => Convert.ToBase64String(key) + "\n"))}");
}
