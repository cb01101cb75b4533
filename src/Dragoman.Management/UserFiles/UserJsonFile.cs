using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Storage.Secrets;

namespace Dragoman.Management.UserFiles;

/// <summary>
/// A JSON file of another program's in the person's home folder. It is replaced in one step and only its owner can read it afterwards; a link stays a link, and what it leads to is written; what is
/// not understood stays as it is, and of the former texts the last ten stay beside it.
/// </summary>
/// <param name="path">The file, which may not be there yet.</param>
/// <param name="time">The clock.</param>
internal sealed class UserJsonFile(string path, TimeProvider time)
{
    private const int MostBytes = 4 << 20;
    private const int KeptBackups = 10;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Reading = new() { AllowDuplicateProperties = false };

    /// <summary>The object that the file holds; an empty one where there is no file, or nothing in it.</summary>
    public async Task<ManagementResult<JsonObject>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Parse(await ReadTextAsync(cancellationToken));
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return ManagementError.Conflict($"'{path}' cannot be read: {ex.Message}", "user_file_not_readable");
        }
    }

    /// <summary>Changes what the file holds. One that cannot be read is left alone.</summary>
    public async Task<ManagementResult<JsonObject>> ChangeAsync(Action<JsonObject> edit, CancellationToken cancellationToken)
    {
        try
        {
            var old = await ReadTextAsync(cancellationToken);
            var read = Parse(old);
            if (!read.Succeeded) return read.Error;
            edit(read.Value);
            var text = read.Value.ToJsonString(Indented) + "\n";
            if (text == old) return read;
            PrivateFiles.CreateFolder(Path.GetDirectoryName(path)!);
            if (old is not null) Keep(old);
            PrivateFiles.Replace(new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName, Strict.GetBytes(text));
            return read;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return ManagementError.Conflict($"'{path}' cannot be written: {ex.Message}", "user_file_not_writable");
        }
    }

    private async Task<string?> ReadTextAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) return null;
        if (new FileInfo(path) is { LinkTarget: null, Length: > MostBytes }) throw new IOException("it is too large for a file of settings.");
        var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        try
        {
            return Strict.GetString(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(3) : bytes);
        }
        catch (DecoderFallbackException ex)
        {
            throw new IOException("it is not UTF-8 text.", ex);
        }
    }

    private ManagementResult<JsonObject> Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return new JsonObject();
        try
        {
            if (JsonNode.Parse(text, null, Reading) is JsonObject settings) return settings;
        }
        catch (JsonException)
        {
            // Said below.
        }

        return ManagementError.Conflict($"'{path}' is not a JSON object, so it is left as it is.", "user_file_unreadable", "Correct it by hand first.");
    }

    private void Keep(string text)
    {
        var stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
        PrivateFiles.WriteText($"{path}.bak-{stamp}", text);
        foreach (var old in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, $"{Path.GetFileName(path)}.bak-*").OrderDescending(StringComparer.Ordinal).Skip(KeptBackups)) File.Delete(old);
    }
}
