namespace Dragoman.Bench;

/// <summary>Ends a child when the process that started it goes away: its standard input then comes to an end.</summary>
internal static class ParentTie
{
    public static void Start()
    {
        var input = Console.OpenStandardInput();
        new Thread(() =>
        {
            while (input.ReadByte() >= 0)
            {
                // Nothing is said over it.
            }

            Environment.Exit(0);
        })
        { IsBackground = true, Name = "parent" }.Start();
    }
}
