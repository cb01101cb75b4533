namespace Dragoman.Gateway.Requests;

/// <summary>Which of the faces a listener shows: it decides management routes, health shape and error envelope.</summary>
public enum Surface
{
    /// <summary>Our own, with everything that collides with nothing.</summary>
    Dragoman,

    /// <summary>As CLIProxyAPI.</summary>
    CliProxy,

    /// <summary>As a Kiro proxy.</summary>
    Kiro,

    /// <summary>As a Codex-to-Claude proxy.</summary>
    Codex,

    /// <summary>As an Antigravity gateway.</summary>
    Antigravity,

    /// <summary>As a Bedrock gateway.</summary>
    Bedrock,
}
