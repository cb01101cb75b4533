using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kimi;

/// <summary>
/// Kimi Code's own file (<c>credentials/kimi-code.json</c> in the program's folder, the older Kimi CLI's alike; MoonshotAI/kimi-cli, auth/oauth.py), or CLIProxyAPI's file of the type <c>kimi</c> (wire notes
/// cliproxyapi 6.9), whose device's id is kept.
/// </summary>
internal sealed class KimiFileLogin : IImportLogin
{
    /// <inheritdoc/>
    public string Id => "import";

    /// <inheritdoc/>
    public string Title => "From Kimi Code's file, or CLIProxyAPI's";

    /// <inheritdoc/>
    public IReadOnlyList<string> UsualPlaces => ["${KIMI_CODE_HOME:-~/.kimi-code}/credentials/kimi-code.json", "${KIMI_SHARE_DIR:-~/.kimi}/credentials/kimi-code.json", "~/.cli-proxy-api/kimi-*.json"];

    /// <inheritdoc/>
    /// <remarks>The id of the program's device is a file of its own; logins are renewed for their own device only.</remarks>
    public string? CompanionOf(ReadOnlyMemory<byte> content) => ReadOwn(content) is null ? null : "device_id";

    /// <inheritdoc/>
    public string CompanionFolder => "..";

    /// <inheritdoc/>
    public ImportedIdentity? Inspect(ReadOnlyMemory<byte> content)
    {
        if (ReadOwn(content) is var (own, _)) return new ImportedIdentity(null, KimiLogin.OwnerOf(own.AccessToken)) { Digest = ImportedIdentity.DigestOf(own) };
        return ProxyAuthFile.TryRead(content, "kimi") is { } file ? file.Identify(KimiLogin.OwnerOf(file.Credential.AccessToken)) : null;
    }

    /// <inheritdoc/>
    public Task<LoginResult> ReadAsync(ReadOnlyMemory<byte> content, VendorContext context, CancellationToken cancellationToken)
    {
        var (credential, device) = ReadOwn(content) ?? (ProxyAuthFile.Read(content, "kimi") is var file ? (file.Credential, file.Text("device_id")) : default);
        var id = device is { Length: > 0 and <= 128 } && HeaderSafe.Check(device) ? device : KimiDevice.IdOf(credential);
        var login = KimiLogin.Describe(credential with { Extra = new Dictionary<string, string> { [KimiDevice.IdKey] = id } }, context.SettingsAs<KimiSettings>());
        return Task.FromResult(login with { Warnings = [.. login.Warnings, ProxyAuthFile.SharedWarning] });
    }

    /// <summary>The program's own file: OAuth's tokens for its own scope, and the second in which they end; with it the id of its device, where that was there too.</summary>
    private static (OAuthCredential Credential, string? Device)? ReadOwn(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var file = JsonDocument.Parse(content);
            var (root, device) = (file.RootElement, (string?)null);
            if (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() == 2)
            {
                device = root[1].ValueKind == JsonValueKind.String ? root[1].GetString() : root[1].GetRawText();
                root = root[0];
            }

            // CLIProxyAPI's file has the scope too, and says what it is.
            if (VendorJson.Text(root, "type") is not null) return null;
            if (VendorJson.Text(root, "scope") is not { } scope || !scope.Split(' ').Contains("kimi-code") || VendorJson.Text(root, "access_token") is not { } access || !HeaderSafe.Check(access)) return null;
            var end = VendorJson.Number(root, "expires_at") is > 0 and < 1e11 and var seconds ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : (DateTimeOffset?)null;
            return (new OAuthCredential { AccessToken = access, RefreshToken = VendorJson.Text(root, "refresh_token") is { } refresh && HeaderSafe.Check(refresh) ? refresh : null, Expires = end }, device);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
