using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.CodeAssist;

/// <summary>The file of Gemini CLI (<c>oauth_creds.json</c>), or CLIProxyAPI's of the type <c>gemini</c>, whose tokens stand in an object of their own. Google's refresh tokens may be used by several programs.</summary>
internal sealed class CodeAssistFileLogin : IImportLogin
{
    /// <inheritdoc/>
    public string Id => "import";

    /// <inheritdoc/>
    public string Title => "From Gemini CLI's own file";

    /// <inheritdoc/>
    public IReadOnlyList<string> UsualPlaces => ["${GEMINI_CLI_HOME:-~}/.gemini/oauth_creds.json"];

    /// <inheritdoc/>
    public ImportedIdentity? Inspect(ReadOnlyMemory<byte> content)
    {
        try
        {
            if (Read(content) is not { } credential) return null;
            using var file = JsonDocument.Parse(content);
            // Other vendors' files have tokens at their top too, and say in CLIProxyAPI's folder whose they are.
            return VendorJson.Text(file.RootElement, "type") is null or "gemini" ? new ImportedIdentity(VendorJson.Text(file.RootElement, "email")) { Digest = ImportedIdentity.DigestOf(credential) } : null;
        }
        catch (LoginException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<LoginResult> ReadAsync(ReadOnlyMemory<byte> content, VendorContext context, CancellationToken cancellationToken)
    {
        var credential = Read(content) ?? throw new LoginException("There is no login of Gemini CLI in this file.") { Fix = "Give the file ~/.gemini/oauth_creds.json of a Gemini CLI that is signed in." };
        return await CodeAssistSetup.DescribeAsync(await GoogleTokens.FreshAsync(credential, context, cancellationToken), context, cancellationToken);
    }

    private static OAuthCredential? Read(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var file = JsonDocument.Parse(content);
            var tokens = VendorJson.Object(file.RootElement, "token") ?? file.RootElement;
            if (VendorJson.Text(tokens, "access_token") is not { } access || !HeaderSafe.Check(access)) return null;
            return new OAuthCredential
            {
                AccessToken = access, RefreshToken = VendorJson.Text(tokens, "refresh_token"), IdToken = VendorJson.Text(tokens, "id_token"),
                Expires = VendorJson.Number(tokens, "expiry_date") is > 0 and < 2.5e14 and var end ? DateTimeOffset.FromUnixTimeMilliseconds((long)end) : null,
            };
        }
        catch (JsonException ex)
        {
            throw new LoginException("The file is no JSON.", ex);
        }
    }
}
