using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kimi;

/// <summary>CLIProxyAPI's file of the type <c>kimi</c> (wire notes cliproxyapi 6.9). The id of its device is kept.</summary>
internal sealed class KimiFileLogin : IImportLogin
{
    /// <inheritdoc/>
    public string Id => "import";

    /// <inheritdoc/>
    public string Title => "From CLIProxyAPI's file";

    /// <inheritdoc/>
    public IReadOnlyList<string> UsualPlaces => ["~/.cli-proxy-api/kimi-*.json"];

    /// <inheritdoc/>
    public ImportedIdentity? Inspect(ReadOnlyMemory<byte> content) => ProxyAuthFile.TryRead(content, "kimi") is { } file ? file.Identify(KimiLogin.OwnerOf(file.Credential.AccessToken)) : null;

    /// <inheritdoc/>
    public Task<LoginResult> ReadAsync(ReadOnlyMemory<byte> content, VendorContext context, CancellationToken cancellationToken)
    {
        var file = ProxyAuthFile.Read(content, "kimi");
        var device = file.Text("device_id") is { Length: <= 128 } id && HeaderSafe.Check(id) ? id : KimiDevice.IdOf(file.Credential);
        var login = KimiLogin.Describe(file.Credential with { Extra = new Dictionary<string, string> { [KimiDevice.IdKey] = device } }, context.SettingsAs<KimiSettings>());
        return Task.FromResult(login with { Warnings = [.. login.Warnings, ProxyAuthFile.SharedWarning] });
    }
}
