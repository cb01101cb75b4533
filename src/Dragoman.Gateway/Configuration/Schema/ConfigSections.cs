using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Configuration.Schema;

/// <summary>The parts of a form of the configuration. A key at the left margin says which it belongs to, so that a form needs no list of keys.</summary>
public static class ConfigSections
{
    internal const string Listening = "listening";
    internal const string Access = "access";
    internal const string Routing = "routing";
    internal const string Traffic = "traffic";
    internal const string Models = "models";
    internal const string Recording = "recording";
    internal const string Storage = "storage";
    internal const string Accounts = "accounts";
    internal const string Providers = "providers";

    /// <summary>For keys of another system that do nothing here.</summary>
    internal const string Old = "old";

    /// <summary>All of them, in the order of a form.</summary>
    public static IReadOnlyList<string> All { get; } = [Listening, Access, Routing, Traffic, Models, Recording, Storage, Accounts, Providers, Old];

    /// <summary>Fields that belong to a part, unless they say themselves that they belong to another.</summary>
    internal static IEnumerable<SettingField> In(string section, IEnumerable<SettingField> fields) => fields.Select(field => field.Section is null ? field with { Section = section } : field);
}
