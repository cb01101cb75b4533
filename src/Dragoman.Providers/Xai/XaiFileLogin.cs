using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Xai;

/// <summary>CLIProxyAPI's file of the type <c>xai</c> (wire notes cliproxyapi 6.10).</summary>
internal sealed class XaiFileLogin : IImportLogin
{
    /// <inheritdoc/>
    public string Id => "import";

    /// <inheritdoc/>
    public string Title => "From CLIProxyAPI's file";

    /// <inheritdoc/>
    public IReadOnlyList<string> UsualPlaces => ["~/.cli-proxy-api/xai-*.json"];

    /// <inheritdoc/>
    public ImportedIdentity? Inspect(ReadOnlyMemory<byte> content) => ProxyAuthFile.TryRead(content, "xai") is { } file ? file.Identify(file.Text("sub")) : null;

    /// <inheritdoc/>
    public async Task<LoginResult> ReadAsync(ReadOnlyMemory<byte> content, VendorContext context, CancellationToken cancellationToken)
    {
        var file = ProxyAuthFile.Read(content, "xai");
        var login = await XaiVendor.DescribeAsync(file.Credential with { AccountId = file.Text("sub") }, context, cancellationToken);
        return login with { Label = file.Text("email") ?? login.Label, Warnings = [.. login.Warnings, ProxyAuthFile.SharedWarning] };
    }
}
