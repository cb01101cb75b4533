namespace Dragoman.Providers.CodeAssist;

/// <summary>A program that is registered at Google and that people sign in to, and where the service behind it is.</summary>
/// <param name="Section">The section of the provider's settings, for people.</param>
/// <param name="AuthorizeUrl">The page that a person signs in at.</param>
/// <param name="TokenUrl">The token endpoint.</param>
/// <param name="RevokeUrl">Where a login is ended.</param>
/// <param name="UserUrl">The userinfo endpoint.</param>
/// <param name="BaseUrl">Where the service is, without a slash at the end.</param>
/// <param name="ClientId">The client id.</param>
/// <param name="ClientSecret">The application's secret; null where the owner has set none.</param>
/// <param name="Scope">The scopes.</param>
internal sealed record GoogleApplication(string Section, string AuthorizeUrl, string TokenUrl, string RevokeUrl, string UserUrl, string BaseUrl, string ClientId, string? ClientSecret, string Scope)
{
    /// <summary>A record would print its members.</summary>
    public override string ToString() => $"application of {Section}";
}
