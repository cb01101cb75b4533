using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;
using Dragoman.Providers.CodeAssist;

namespace Dragoman.Providers.Antigravity;

/// <summary>Takes over the login of Antigravity's editor, or one that CLIProxyAPI or another gateway for Antigravity has. Google's refresh tokens may be used by several programs.</summary>
internal sealed class AntigravityFileLogin : IImportLogin
{
    private static readonly string[] Folders = ["${XDG_CONFIG_HOME:-~/.config}", "~/Library/Application Support", "${APPDATA:-~/AppData/Roaming}"];

    /// <inheritdoc/>
    public string Id => "import";

    /// <inheritdoc/>
    public string Title => "From the editor's database, or another gateway's file";

    /// <inheritdoc/>
    public IReadOnlyList<string> UsualPlaces { get; } =
    [
        .. Folders.SelectMany(static folder => (string[])[$"{folder}/Antigravity IDE/User/globalStorage/state.vscdb", $"{folder}/Antigravity/User/globalStorage/state.vscdb"]),
        "~/.config/antigravity-gateway/accounts.json", "~/.config/antigravity-proxy/accounts.json", "~/.cli-proxy-api/antigravity-*.json",
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> DatabaseKeys => AntigravityFile.DatabaseKeys;

    /// <inheritdoc/>
    public IReadOnlyList<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> content) => AntigravityFile.Split(content);

    /// <inheritdoc/>
    public ImportedIdentity? Inspect(ReadOnlyMemory<byte> content) => AntigravityFile.Read(content) is { } file ? new ImportedIdentity(file.Email) { Digest = ImportedIdentity.DigestOf(file.Credential) } : null;

    /// <inheritdoc/>
    public async Task<LoginResult> ReadAsync(ReadOnlyMemory<byte> content, VendorContext context, CancellationToken cancellationToken)
    {
        var file = AntigravityFile.Read(AccountListFile.OnlyOf(Split(content)))
            ?? throw new LoginException("There is no login of Antigravity in this file.") { Fix = "Give the database state.vscdb of an editor that is signed in, or the file of another gateway." };
        var login = await AntigravitySetup.DescribeAsync(await GoogleTokens.FreshAsync(file.Credential, context, cancellationToken), context, cancellationToken);
        return file.Credential.RefreshToken is not null ? login : login with { Warnings = [.. login.Warnings, "The file has no refresh token: the login ends with its access token."] };
    }
}
