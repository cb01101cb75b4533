using Dragoman.Wire.Conversation;

namespace Dragoman.Wire;

/// <summary>The languages there are. To add one: a folder beside this file, and a line here.</summary>
public static class Languages
{
    /// <summary>The client half of a language.</summary>
    public static IClientLanguage Client(Language language) => language switch
    {
        _ => throw new ArgumentOutOfRangeException(nameof(language), language, "Clients do not speak this language."),
    };

    /// <summary>The upstream half of a language.</summary>
    public static IUpstreamLanguage Upstream(Language language) => language switch
    {
        _ => throw new ArgumentOutOfRangeException(nameof(language), language, "Upstreams do not speak this language."),
    };
}
