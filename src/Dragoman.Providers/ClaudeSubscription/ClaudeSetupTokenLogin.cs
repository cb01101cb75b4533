using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.ClaudeSubscription;

/// <summary>The token that <c>claude setup-token</c> prints: an access token for a year, without a refresh token and without the right to ask for the profile.</summary>
internal sealed class ClaudeSetupTokenLogin : IImportLogin
{
    /// <summary>How such tokens begin.</summary>
    public const string Prefix = "sk-ant-oat";

    /// <inheritdoc/>
    public string Id => "setup-token";

    /// <inheritdoc/>
    public string Title => "With the token that 'claude setup-token' prints";

    /// <inheritdoc/>
    public IReadOnlyList<string> UsualPlaces => [];

    /// <inheritdoc/>
    public ImportedIdentity? Inspect(ReadOnlyMemory<byte> content) => content.Span.StartsWith("sk-ant-oat"u8) ? new ImportedIdentity { Digest = ImportedIdentity.DigestOf(TokenOf(content)) } : null;

    /// <inheritdoc/>
    public Task<LoginResult> ReadAsync(ReadOnlyMemory<byte> content, VendorContext context, CancellationToken cancellationToken)
    {
        var token = TokenOf(content);
        if (!token.StartsWith(Prefix, StringComparison.Ordinal) || !HeaderSafe.Check(token)) throw new LoginException("This is no setup token.") { Fix = $"Run 'claude setup-token' and give the token that it prints; it begins with {Prefix}." };
        var credential = new OAuthCredential { AccessToken = token, Extra = ClaudeLoginAge.BeginToken(context.Time.GetUtcNow()) };
        return ClaudeIdentity.DescribeAsync(credential, new ClaudeIdentity(), context, cancellationToken);
    }

    /// <summary>A terminal breaks long lines; the token has no blanks in it.</summary>
    private static string TokenOf(ReadOnlyMemory<byte> content) => string.Concat(Encoding.UTF8.GetString(content.Span).Where(letter => !char.IsWhiteSpace(letter)));
}
