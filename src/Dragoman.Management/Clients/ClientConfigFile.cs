using System.Security.Cryptography;
using System.Text;
using Dragoman.Storage.Secrets;

namespace Dragoman.Management.Clients;

/// <summary>A client's file as it is: read whole, written whole. A link stays a link; what it leads to is written.</summary>
internal sealed class ClientConfigFile
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ClientConfigFile(string path, byte[]? content)
    {
        Path = path;
        Content = content;
    }

    /// <summary>What format a file is edited in.</summary>
    public static IConfigFormat FormatOf(string path) => System.IO.Path.GetExtension(path) switch
    {
        ".toml" => new TomlFormat(),
        ".env" => new DotEnvFormat(),
        _ => new JsoncFormat(),
    };

    public string Path { get; }

    /// <summary>Its bytes, or null when it is not there.</summary>
    public byte[]? Content { get; }

    /// <summary>The hash of its bytes; empty when it is not there.</summary>
    public string Hash => HashOf(Content);

    public static ClientConfigFile Read(string path)
    {
        try
        {
            return new ClientConfigFile(path, File.Exists(path) ? File.ReadAllBytes(path) : null);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new ClientFileException($"'{path}' cannot be read: {ex.Message}");
        }
    }

    public static string HashOf(byte[]? content) => content is null ? "" : Convert.ToHexStringLower(SHA256.HashData(content));

    public static byte[] Bytes(string text) => Strict.GetBytes(text);

    /// <summary>Content as text, the byte order mark included; null for null.</summary>
    public static string? Text(string path, byte[]? content)
    {
        try
        {
            return content is null ? null : Strict.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            throw new ClientFileException($"'{path}' is not UTF-8 text; edit it by hand (docs/guide/clients.md says how).");
        }
    }

    /// <summary>Its mode, or null where that says nothing.</summary>
    public UnixFileMode? Mode => Content is null || OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(Path);

    /// <summary>Replaces a file at once, or makes it with its folders.</summary>
    /// <param name="path">The file, or a link to it.</param>
    /// <param name="content">What it is to hold.</param>
    /// <param name="mode">The mode it is to have; null leaves one that is there as it is, and makes a new one that only its owner can read.</param>
    public static void Write(string path, byte[] content, UnixFileMode? mode)
    {
        try
        {
            var target = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            var part = $"{target}.dragoman-{Environment.ProcessId}";
            if (!OperatingSystem.IsWindows()) mode ??= File.Exists(target) ? File.GetUnixFileMode(target) : UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var stream = new FileStream(part, PrivateFiles.Options(FileMode.Create, FileAccess.Write, FileShare.Read)))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(part, mode!.Value);
            File.Move(part, target, overwrite: true);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new ClientFileException($"'{path}' cannot be written: {ex.Message}");
        }
    }
}
