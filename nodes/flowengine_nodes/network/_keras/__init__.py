"""Files of Keras, read and written without Keras."""
