namespace Dragoman.Providers.CodeAssist;

/// <summary>What signing in at Google takes, whichever application a person signs in to.</summary>
internal interface IGoogleSettings
{
    /// <summary>The section of the provider's settings, for people.</summary>
    string Section { get; }

    /// <summary>The token endpoint.</summary>
    string TokenUrl { get; }

    /// <summary>Where a login is ended.</summary>
    string RevokeUrl { get; }

    /// <summary>The userinfo endpoint.</summary>
    string UserUrl { get; }

    /// <summary>The client id.</summary>
    string ClientId { get; }

    /// <summary>The application's secret; null where the owner has set none.</summary>
    string? ClientSecret { get; }
}
