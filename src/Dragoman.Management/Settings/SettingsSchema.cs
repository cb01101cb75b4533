using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Configuration.Schema;

namespace Dragoman.Management.Settings;

/// <summary>The JSON Schema of the configuration's file, with the sections of this gateway's providers.</summary>
public sealed class SettingsSchema(AccountRegistry accounts)
{
    private readonly Lazy<string> _text = new(() => ConfigSchema.TextOf(accounts.Providers));

    /// <summary>Its text.</summary>
    public string Text => _text.Value;
}
