namespace Dragoman.Gateway.Settings;

/// <summary>What sort of value a setting takes.</summary>
public enum SettingType
{
    /// <summary>A text on one line.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number, fractions too.</summary>
    Number,

    /// <summary>A duration with units (<c>1h30m</c>), or in seconds.</summary>
    Duration,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>One of <see cref="SettingField.Choices"/>.</summary>
    Choice,

    /// <summary>An address with scheme and host, without a query.</summary>
    Address,

    /// <summary>The address of a proxy, or <c>direct</c>.</summary>
    Proxy,

    /// <summary>A point in time, as RFC 3339 has it.</summary>
    Time,

    /// <summary>A list of texts.</summary>
    TextList,

    /// <summary>One text, or a list of texts.</summary>
    TextOrList,

    /// <summary>A map of names to texts.</summary>
    TextMap,

    /// <summary>A list of maps with the keys in <see cref="SettingField.Items"/>; an item may also be a bare text where <see cref="SettingField.TakesBareItems"/> says so.</summary>
    List,

    /// <summary>A map with the keys in <see cref="SettingField.Items"/>.</summary>
    Group,

    /// <summary>A map of names, which are the owner's, to values that are each a <see cref="SettingField.Value"/>.</summary>
    Map,
}

/// <summary>
/// A setting, described: plain data of which a form, a help text or a schema can be made. What is read and what is described must agree;
/// a test compares the keys of the two for every provider.
/// </summary>
/// <param name="Name">The key in <c>config.yaml</c> and in stored settings.</param>
/// <param name="Type">What sort of value it takes.</param>
/// <param name="Description">What it does, in one or two sentences.</param>
public sealed record SettingField(string Name, SettingType Type, string Description)
{
    /// <summary>Whether its value is a secret or may hold one: it is encrypted at rest and never shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether nothing works without it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>What holds where it is absent, as it would be written; null where there is no default or it depends on something else.</summary>
    public string? Default { get; init; }

    /// <summary>The words that it may be, for <see cref="SettingType.Choice"/>.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Other words that are read too; a form does not offer them.</summary>
    public IReadOnlyList<string> OtherChoices { get; init; } = [];

    /// <summary>The least number, or null.</summary>
    public int? Min { get; init; }

    /// <summary>The greatest number, or null.</summary>
    public int? Max { get; init; }

    /// <summary>Other spellings of the key that are read too; a form does not offer them.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The keys of an item of a <see cref="SettingType.List"/>, or of a <see cref="SettingType.Group"/>.</summary>
    public IReadOnlyList<SettingField> Items { get; init; } = [];

    /// <summary>What every value of a <see cref="SettingType.Map"/> is.</summary>
    public SettingField? Value { get; init; }

    /// <summary>Keys of another system that a map, or an item of a list, may have and that do nothing; null for none.</summary>
    public UnsupportedSettings? Foreign { get; init; }

    /// <summary>What to write instead; null for a key that is not out of date.</summary>
    public string? Deprecated { get; init; }

    /// <summary>Which part of a form it belongs to; null within a group, and where there are no parts.</summary>
    public string? Section { get; init; }

    /// <summary>Whether an item of a list may be a bare text.</summary>
    public bool TakesBareItems { get; init; }

    /// <summary>Every key that it is read under.</summary>
    public IEnumerable<string> Keys => [Name, .. Aliases];
}
