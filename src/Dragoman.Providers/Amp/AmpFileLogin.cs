using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.Amp;

/// <summary>The file that Amp's command line keeps its keys in: a JSON object with a key for each address (<c>apiKey@https://ampcode.com/</c>; wire notes cliproxyapi 6.14).</summary>
internal sealed class AmpFileLogin : IImportLogin
{
    private const string Prefix = "apiKey@";

    /// <inheritdoc/>
    public string Id => "import";

    /// <inheritdoc/>
    public string Title => "From Amp's file";

    /// <inheritdoc/>
    public IReadOnlyList<string> UsualPlaces => ["${XDG_DATA_HOME:-~/.local/share}/amp/secrets.json"];

    /// <inheritdoc/>
    public IReadOnlyList<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> content)
    {
        var keys = KeysOf(content);
        return keys.Count < 2 ? [content] : [.. keys.Select(key => (ReadOnlyMemory<byte>)JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { [Prefix + key.Address] = key.Key }))];
    }

    /// <inheritdoc/>
    public ImportedIdentity? Inspect(ReadOnlyMemory<byte> content) => KeysOf(content) is [var key, ..] ? new ImportedIdentity(key.Address.Host) { Digest = ImportedIdentity.DigestOf(key.Key) } : null;

    /// <inheritdoc/>
    public Task<LoginResult> ReadAsync(ReadOnlyMemory<byte> content, VendorContext context, CancellationToken cancellationToken)
    {
        if (KeysOf(content) is not [var (address, key), ..]) throw new LoginException("There is no key of Amp in this file.");
        var place = address.AbsoluteUri.TrimEnd('/');
        return Task.FromResult(new LoginResult(new ApiKeyCredential(key), address.Host) { Settings = place == AmpModule.DefaultBase ? new Dictionary<string, string>() : new Dictionary<string, string> { ["base-url"] = place } });
    }

    private static List<(Uri Address, string Key)> KeysOf(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var file = JsonDocument.Parse(content);
            if (file.RootElement.ValueKind != JsonValueKind.Object) return [];
            return [.. file.RootElement.EnumerateObject()
                .Where(member => member.Name.StartsWith(Prefix, StringComparison.Ordinal) && member.Value.ValueKind == JsonValueKind.String)
                .Select(member => (Address: Uri.TryCreate(member.Name[Prefix.Length..], UriKind.Absolute, out var address) ? address : null, Key: member.Value.GetString()!))
                .Where(item => item is { Address: { Scheme: "https" or "http", Query: "", UserInfo: "" }, Key.Length: > 0 } && HeaderSafe.Check(item.Key))
                .Select(item => (item.Address!, item.Key)),
            ];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
